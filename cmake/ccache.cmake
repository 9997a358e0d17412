# Compiles through ccache where it is installed (`-DFOVEA_CCACHE=` does without, and a launcher that the user chose
# stays). Paths below the project are hashed relative to it, so that a clone in another folder hits; debug information
# holds whole paths, so there a clone hits in its own folder alone.
find_program(FOVEA_CCACHE ccache)
if(FOVEA_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${FOVEA_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # g++ tells ccache which precompiled header it reads; and __FILE__, which every test holds, is below the project, also
    # where CMake's unity sources include files by their whole paths.
    add_compile_options(-fpch-preprocess -fmacro-prefix-map=${PROJECT_SOURCE_DIR}=.)
  endif()
endif()
