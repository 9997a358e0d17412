// SPDX-License-Identifier: Apache-2.0
#include "atlas/database.h"

#include <sqlite3.h>

#include <algorithm>

#include <fovea/error.h>

namespace fovea {

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
void Statement::Finalise::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Database::Database(const std::filesystem::path& path, Mode mode) : path_(path) {
  const int flags = mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int status = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  require(status);
}

void Database::require(int status) const {
  if (status == SQLITE_OK || status == SQLITE_ROW || status == SQLITE_DONE) return;
  const std::string reason = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(status);
  const int kind = status & 0xff;
  if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB) {
    throw Error(ErrorKind::format, path_.string() + " is damaged: " + reason, "remove it and build the atlas again");
  }
  if (kind == SQLITE_FULL) {
    throw Error(ErrorKind::file, "cannot write " + path_.string() + ": no space left on device",
                "make room and build again: what is finished is kept");
  }
  throw Error(ErrorKind::file, path_.string() + ": " + reason, "check that the file may be read and written");
}

void Database::execute(const std::string& sql) {
  require(sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr));
}

void Database::check() {
  Statement statement(*this, "PRAGMA quick_check(1)");
  std::string said = statement.step() ? statement.text(0) : "nothing";
  if (said == "ok") return;
  std::replace(said.begin(), said.end(), '\n', ' ');
  throw Error(ErrorKind::format, path_.string() + " is damaged: " + said, "remove it and build the atlas again");
}

void Database::close() {
  const int status = sqlite3_close(handle_.get());
  require(status);
  static_cast<void>(handle_.release());
}

Statement::Statement(const Database& database, const std::string& sql) : database_(database) {
  sqlite3_stmt* statement = nullptr;
  const int status =
      sqlite3_prepare_v2(database.handle(), sql.c_str(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  database.require(status);
}

Statement& Statement::bind(int at, std::int64_t value) {
  database_.require(sqlite3_bind_int64(statement_.get(), at + 1, value));
  return *this;
}

Statement& Statement::bind(int at, double value) {
  database_.require(sqlite3_bind_double(statement_.get(), at + 1, value));
  return *this;
}

Statement& Statement::bind(int at, const std::string& value) {
  database_.require(
      sqlite3_bind_text(statement_.get(), at + 1, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::bind_null(int at) {
  database_.require(sqlite3_bind_null(statement_.get(), at + 1));
  return *this;
}

bool Statement::step() {
  const int status = sqlite3_step(statement_.get());
  database_.require(status);
  if (status == SQLITE_ROW) return true;
  sqlite3_reset(statement_.get());
  return false;
}

void Statement::run() {
  while (step()) {
  }
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double Statement::number(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string Statement::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return text == nullptr ? "" : std::string(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

}  // namespace fovea
