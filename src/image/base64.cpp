// SPDX-License-Identifier: Apache-2.0
#include "image/base64.h"

#include <openssl/evp.h>

namespace fovea {

std::string base64(const std::vector<std::uint8_t>& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // one more for the zero that OpenSSL writes behind it
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace fovea
