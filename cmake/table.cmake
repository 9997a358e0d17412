# fovea_table(TARGET FOLDER TYPE HEADER TESTS KIND [SOURCE_DIR DIR]): writes the table of everything in DIR/FOLDER (DIR
# is src unless given), one entry per file.
#
# Every DIR/FOLDER/STEM.cpp defines `extern constinit const fovea::TYPE descriptor` in namespace fovea::FOLDER::STEM, a
# namespace of its own, so that its options, presets and helpers may be called like any other file's where several files
# are compiled as one. The generated table_FOLDER.cpp lists them sorted by name. HEADER, which declares TYPE, is a public
# one of fovea/, or lies in the given SOURCE_DIR. Configuring stops when TESTS/STEM.json (KIND json), TESTS/STEM.txt (KIND txt) or
# TESTS/STEM_test.cpp (KIND cpp) is missing: no thing without its test.
function(fovea_table target folder type header tests kind)
  cmake_parse_arguments(PARSE_ARGV 6 table "" "SOURCE_DIR" "")
  set(include "<fovea/${header}>")
  if(table_SOURCE_DIR)
    set(include "\"${header}\"")
  else()
    set(table_SOURCE_DIR src)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${table_SOURCE_DIR}/${folder}/*.cpp)
  list(SORT sources)
  set(declarations "")
  set(entries "")
  foreach(source IN LISTS sources)
    get_filename_component(stem ${source} NAME_WE)
    string(APPEND declarations "namespace ${stem} {\nextern const ${type} descriptor;\n}\n")
    string(APPEND entries "    &${stem}::descriptor,\n")
    if(kind STREQUAL "cpp")
      set(test ${PROJECT_SOURCE_DIR}/${tests}/${stem}_test.cpp)
    else()
      set(test ${PROJECT_SOURCE_DIR}/${tests}/${stem}.${kind})
    endif()
    if(NOT EXISTS ${test})
      message(FATAL_ERROR "${table_SOURCE_DIR}/${folder}/${stem}.cpp has no test: write ${test}")
    endif()
  endforeach()
  list(LENGTH sources count)
  set(table ${PROJECT_BINARY_DIR}/generated/table_${folder}.cpp)
  file(CONFIGURE OUTPUT ${table} @ONLY CONTENT
"// Generated from ${table_SOURCE_DIR}/${folder} by cmake/table.cmake.
#include <array>
#include <span>
#include ${include}
namespace fovea::${folder} {
@declarations@
namespace {
constexpr std::array<const ${type}*, ${count}> table{
@entries@};
}
std::span<const ${type}* const> all() { return table; }
}  // namespace fovea::${folder}
")
  target_sources(${target} PRIVATE ${table})
endfunction()
