# fovea_embed(TARGET GLOB HEADER TYPE FUNCTION): puts the texts of files into the library, as `std::span<const TYPE>
# FUNCTION()` of {stem, text}, declared in HEADER. A file changed, added or removed configures anew.
function(fovea_embed target glob header type function)
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${glob})
  list(SORT files)
  set(entries "")
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    get_filename_component(stem ${file} NAME_WE)
    file(READ ${file} text)
    string(APPEND entries "    {\"${stem}\", R\"~text~(${text})~text~\"},\n")
  endforeach()
  set(table ${PROJECT_BINARY_DIR}/generated/${function}.cpp)
  file(CONFIGURE OUTPUT ${table} @ONLY CONTENT
"// Generated from @glob@ by cmake/embed.cmake.
#include \"@header@\"
namespace fovea {
namespace {
constexpr @type@ table[] = {
@entries@};
}  // namespace
std::span<const @type@> @function@() { return table; }
}  // namespace fovea
")
  target_sources(${target} PRIVATE ${table})
endfunction()
