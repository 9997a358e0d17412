// SPDX-License-Identifier: Apache-2.0
#include "atlas/store.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <optional>

#include <ATen/ops/full.h>

#include <fovea/error.h>

#include "atlas/database.h"
#include "atlas/shard_file.h"
#include "core/progress.h"
#include "image/npy_header.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

// Tables in the order in which the file is filled, so that its pages do not depend on anything else. A page size and no
// journal are set for the same reason, and because a build that is killed begins the file anew.
constexpr const char* schema = R"(
PRAGMA page_size = 4096;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE value (id INTEGER PRIMARY KEY, name TEXT NOT NULL, channels INTEGER NOT NULL, height INTEGER NOT NULL,
                    width INTEGER NOT NULL, kind TEXT NOT NULL);
CREATE TABLE picture (id INTEGER PRIMARY KEY, name TEXT NOT NULL, label INTEGER NOT NULL, predicted INTEGER,
                      probability REAL, of_truth REAL, broken TEXT);
CREATE TABLE top (value INTEGER NOT NULL, channel INTEGER NOT NULL, rank INTEGER NOT NULL, score REAL NOT NULL,
                  picture INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (value, channel, rank)) WITHOUT ROWID;
BEGIN;
)";

/// A file that is renamed to its name when it is whole; the temporary's name is always the same, so that what a kill
/// leaves is overwritten the next time.
fs::path partial(const fs::path& path) { return path.parent_path() / ("." + path.filename().string() + ".partial"); }

void put_in_place(const fs::path& path) {
  std::error_code error;
  fs::rename(partial(path), path, error);
  if (error) throw Error(ErrorKind::file, "cannot write " + path.string() + ": " + error.message());
}

/// Rows of numbers appended to a .npy.
class NpyRows {
 public:
  NpyRows(fs::path path, std::int64_t rows, std::int64_t columns)
      : path_(std::move(path)), columns_(columns), file_(partial(path_), std::ios::binary | std::ios::trunc) {
    write(npy_header(at::kFloat, {rows, columns}));
  }
  /// Appends a table, or as many rows of NaN when it is undefined.
  void append(const Tensor& table, std::int64_t rows) {
    const Tensor numbers = table.defined()
                               ? table.contiguous()
                               : at::full({rows, columns_}, std::numeric_limits<double>::quiet_NaN(), at::kFloat);
    write({static_cast<const char*>(numbers.data_ptr()), numbers.nbytes()});
  }
  void finish() {
    file_.close();
    check();
    put_in_place(path_);
  }

 private:
  void write(std::string_view bytes) {
    file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    check();
  }
  void check() const {
    if (file_) return;
    throw Error(ErrorKind::file, "cannot write " + path_.string() + ": the disk is full, or the folder is closed",
                "make room and build again: what is finished is kept");
  }

  fs::path path_;
  std::int64_t columns_;
  std::ofstream file_;
};

void write_values(Database& database, const AtlasManifest& manifest) {
  Statement insert(database, "INSERT INTO value VALUES (?, ?, ?, ?, ?, ?)");
  std::int64_t id = 0;
  for (const auto& [kind, values] : {std::pair{"ranked", &manifest.ranked}, {"embedded", &manifest.embedded}}) {
    for (const AtlasValue& value : *values) {
      insert.bind(0, id++).bind(1, value.name).bind(2, value.channels).bind(3, value.height).bind(4, value.width);
      insert.bind(5, std::string(kind)).run();
    }
  }
}

void write_record(Statement& insert, std::int64_t id, const AtlasPicture& record, const Pictures& pictures) {
  insert.bind(0, id).bind(1, pictures.name(id)).bind(2, pictures.label(id));
  if (!record.broken.empty()) {
    insert.bind_null(3).bind_null(4).bind_null(5).bind(6, record.broken).run();
    return;
  }
  insert.bind(3, record.predicted).bind(4, double{record.probability});
  if (std::isnan(record.of_truth))
    insert.bind_null(5);
  else
    insert.bind(5, double{record.of_truth});
  insert.bind_null(6).run();
}

void write_tops(Database& database, const std::vector<ChannelTops>& tops) {
  Statement insert(database, "INSERT INTO top VALUES (?, ?, ?, ?, ?, ?)");
  for (std::size_t v = 0; v < tops.size(); ++v) {
    for (std::int64_t c = 0; c < tops[v].channels(); ++c) {
      std::int64_t rank = 0;
      for (const Strongest& answer : tops[v].of(c)) {
        insert.bind(0, static_cast<std::int64_t>(v)).bind(1, c).bind(2, rank++).bind(3, double{answer.score});
        insert.bind(4, answer.picture).bind(5, std::int64_t{answer.place}).run();
      }
    }
  }
}

Shard read_or_throw(const fs::path& folder, std::int64_t number) {
  std::optional<Shard> shard = read_shard(shard_path(folder, number));
  if (shard) return std::move(*shard);
  throw Error(ErrorKind::format, shard_path(folder, number).string() + " is missing or damaged",
              "build again: it is made anew");
}

}  // namespace

fs::path database_path(const fs::path& folder) { return folder / "atlas.db"; }

fs::path embedding_path(const fs::path& folder, const AtlasManifest& manifest, std::size_t value) {
  std::string name = manifest.embedded.at(value).name;
  for (char& c : name) {
    const bool plain = (std::isalnum(static_cast<unsigned char>(c)) != 0) || c == '_' || c == '-' || c == '.';
    if (!plain) c = '_';
  }
  return folder / ("embedding_" + std::to_string(value) + "_" + name.substr(0, 100) + ".npy");
}

Faults finish_atlas(const fs::path& folder, const AtlasManifest& manifest, const Pictures& pictures,
                    const AtlasProgress& progress) {
  Faults faults;
  const fs::path path = database_path(folder);
  std::error_code ignored;
  fs::remove(partial(path), ignored);
  Database database(partial(path), Database::Mode::create);
  database.execute(schema);
  write_values(database, manifest);
  std::vector<NpyRows> tables;
  for (std::size_t e = 0; e < manifest.embedded.size(); ++e) {
    tables.emplace_back(embedding_path(folder, manifest, e), manifest.pictures, manifest.embedded[e].channels);
  }
  std::vector<ChannelTops> tops;
  for (const AtlasValue& value : manifest.ranked) tops.emplace_back(value.channels, manifest.top);
  std::optional<Statement> insert(std::in_place, database, "INSERT INTO picture VALUES (?, ?, ?, ?, ?, ?, ?)");
  for (std::int64_t number = 0; number < manifest.shards(); ++number) {
    const Shard shard = read_or_throw(folder, number);
    const auto count = static_cast<std::int64_t>(shard.records.size());
    for (std::int64_t i = 0; i < count; ++i) {
      const AtlasPicture& record = shard.records[static_cast<std::size_t>(i)];
      write_record(*insert, shard.first + i, record, pictures);
      faults.broken += record.broken.empty() ? 0 : 1;
    }
    faults.not_finite += shard.not_finite;
    for (std::size_t v = 0; v < tops.size(); ++v) {
      if (shard.tops.at(v).channels() == tops[v].channels()) tops[v].merge(shard.tops[v]);
    }
    for (std::size_t e = 0; e < tables.size(); ++e) tables[e].append(shard.embeddings.at(e), count);
    report_to(progress, number + 1, manifest.shards());
  }
  write_tops(database, tops);
  insert.reset();
  database.execute("COMMIT");
  database.close();
  for (NpyRows& table : tables) table.finish();
  put_in_place(path);
  return faults;
}

}  // namespace fovea
