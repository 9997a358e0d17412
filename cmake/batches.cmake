# fovea_batches(TARGET COUNT FOLDER...): compiles the target's files that lie in FOLDER... (not below them) in COUNT
# batches, each a generated file that includes a run of them. Most of what a small file costs is what its headers
# instantiate, and a batch pays that once.
#
# A file of a batch compiles by itself, too: FOVEA_UNITY=OFF, clang-tidy and editors do that. So names in unnamed
# namespaces differ within a folder, or have a namespace of their file around them. Files with compile options of their
# own stay out of the batches, and so do those with SKIP_UNITY_BUILD_INCLUSION.
option(FOVEA_UNITY "Compile files in batches, which is a third of the work of one by one" ON)

function(fovea_batches target count)
  get_target_property(sources ${target} SOURCES)
  set(files "")
  foreach(folder IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH folder)
    foreach(source IN LISTS sources)
      cmake_path(GET source PARENT_PATH parent)
      if(parent STREQUAL folder)
        list(APPEND files ${source})
      endif()
    endforeach()
  endforeach()
  list(LENGTH files all)
  list(GET ARGN 0 name)
  cmake_path(ABSOLUTE_PATH name)
  cmake_path(RELATIVE_PATH name BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
  string(MAKE_C_IDENTIFIER ${name} name)
  set(number 0)
  foreach(file IN LISTS files)
    math(EXPR batch "${number} * ${count} / ${all}")
    set_source_files_properties(${file} PROPERTIES UNITY_GROUP ${name}_${batch})
    math(EXPR number "${number} + 1")
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${FOVEA_UNITY} UNITY_BUILD_MODE GROUP)
endfunction()
