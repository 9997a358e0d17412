// SQLite with errors as Fovea words them: an open database, a prepared statement.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace fovea {

/// An open database file; closed when left. All members throw `Error(format)` for a damaged file, `Error(file)` for
/// anything else that SQLite says, naming the file.
class Database {
 public:
  enum class Mode { read, create };
  Database(const std::filesystem::path& path, Mode mode);

  /// Runs statements that return no rows.
  void execute(const std::string& sql);
  /// Throws `Error(format)` unless SQLite finds the file sound.
  void check();
  /// Closes now; throws when what was written cannot be.
  void close();

  const std::filesystem::path& path() const { return path_; }
  sqlite3* handle() const { return handle_.get(); }
  /// Throws what a status stands for unless it is one of success.
  void require(int status) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::filesystem::path path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement of a database, which must outlive it. Parameters and columns count from 0.
class Statement {
 public:
  Statement(const Database& database, const std::string& sql);

  Statement& bind(int at, std::int64_t value);
  Statement& bind(int at, double value);
  Statement& bind(int at, const std::string& value);
  Statement& bind_null(int at);
  /// Goes to the next row; tells whether there is one. After the last one the statement can be bound anew.
  bool step();
  /// Performs a statement that returns no rows.
  void run();

  std::int64_t integer(int column) const;
  double number(int column) const;
  std::string text(int column) const;
  bool is_null(int column) const;

 private:
  struct Finalise {
    void operator()(sqlite3_stmt* statement) const;
  };
  const Database& database_;
  std::unique_ptr<sqlite3_stmt, Finalise> statement_;
};

}  // namespace fovea
