# fovea_find_torch(TARGET): makes TARGET, an interface library, of libtorch and the one team of threads. Read by Fovea's
# build, and by its installed package in the builds of those who use it.
#
# FOVEA_LIBTORCH names where libtorch must lie: an unpacked libtorch, the folder `torch` of pip's package, or the virtual
# environment that pip put it into. Without it libtorch is sought as CMake seeks everything, CMAKE_PREFIX_PATH first.
set(FOVEA_LIBTORCH "" CACHE PATH "An unpacked libtorch, pip's `torch` or a virtual environment; empty: where CMake finds it")

# Pip's folder of headers holds other libraries' as well, of releases of its own; on the path of headers they would come
# before the system's. A folder of links shows libtorch's alone. Its name tells which libtorch's: ccache hashes the name,
# relative to the build, and would take one libtorch's headers for another's.
function(fovea_torch_headers folder result)
  set(${result} ${folder} PARENT_SCOPE)
  if(folder IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES OR NOT (EXISTS ${folder}/google OR EXISTS ${folder}/fmt))
    return()
  endif()
  string(SHA256 name ${folder})
  string(SUBSTRING ${name} 0 16 name)
  set(links ${CMAKE_CURRENT_BINARY_DIR}/torch_headers/${name})
  file(MAKE_DIRECTORY ${links})
  foreach(part ATen c10 caffe2 torch)
    if(EXISTS ${folder}/${part})
      file(CREATE_LINK ${folder}/${part} ${links}/${part} SYMBOLIC)
    endif()
  endforeach()
  set(${result} ${links} PARENT_SCOPE)
endfunction()

function(fovea_find_torch target)
  if(FOVEA_LIBTORCH)
    file(GLOB of_environment ${FOVEA_LIBTORCH}/lib/python3*/site-packages/torch)
    set(where NO_DEFAULT_PATH PATHS ${FOVEA_LIBTORCH} ${of_environment})
  endif()
  find_path(fovea_torch_include ATen/core/Tensor.h HINTS ${FOVEA_BUILT_WITH_TORCH_HEADERS} PATH_SUFFIXES include ${where})
  find_library(fovea_torch_cpu torch_cpu HINTS ${FOVEA_BUILT_WITH_TORCH_LIBRARIES} PATH_SUFFIXES lib ${where})
  find_library(fovea_torch_c10 c10 HINTS ${FOVEA_BUILT_WITH_TORCH_LIBRARIES} PATH_SUFFIXES lib ${where})
  if(NOT fovea_torch_include OR NOT fovea_torch_cpu OR NOT fovea_torch_c10)
    if(FOVEA_LIBTORCH)
      message(FATAL_ERROR "There is no libtorch in '${FOVEA_LIBTORCH}' (FOVEA_LIBTORCH). The preset `pip` takes it from the "
                          "virtual environment that is active: `. ENVIRONMENT/bin/activate; pip install torch`.")
    endif()
    message(FATAL_ERROR "libtorch is missing; on Debian: apt-get install libtorch-dev. Or let FOVEA_LIBTORCH name one.")
  endif()
  fovea_torch_headers(${fovea_torch_include} headers)
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE ${headers} ${headers}/torch/csrc/api/include)
  target_compile_definitions(${target} INTERFACE AT_PER_OPERATOR_HEADERS)
  target_link_libraries(${target} INTERFACE ${fovea_torch_cpu} ${fovea_torch_c10})

  # at::parallel_for is a header: without OpenMP our own loops would run on one thread. A libtorch that comes with its own
  # runtime of it must find no second one in the process.
  find_package(OpenMP REQUIRED)
  cmake_path(GET fovea_torch_cpu PARENT_PATH libraries)
  file(GLOB runtime ${libraries}/libgomp*.so*)
  if(runtime AND NOT libraries IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
    list(GET runtime 0 runtime)
    separate_arguments(flags NATIVE_COMMAND "${OpenMP_CXX_FLAGS}")
    target_compile_options(${target} INTERFACE $<$<COMPILE_LANGUAGE:CXX>:${flags}>)
    target_link_libraries(${target} INTERFACE ${runtime})
  else()
    target_link_libraries(${target} INTERFACE OpenMP::OpenMP_CXX)
  endif()

  # One team of threads. Debian's libtorch takes whichever BLAS and LAPACK the system's alternatives name; of OpenBLAS
  # they prefer the build with threads of its own, which then spin beside libgomp's. The build that shares libgomp's team
  # lies in a folder of its own. That must be a DT_RPATH: libraries look for theirs there, too, and not in a DT_RUNPATH.
  find_path(fovea_blas_folder libblas.so.3 NO_DEFAULT_PATH PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-openmp
            DOC "The folder of an OpenBLAS that computes in OpenMP's threads")
  if(fovea_blas_folder)
    target_link_options(${target} INTERFACE "LINKER:--disable-new-dtags,-rpath,${fovea_blas_folder}")
  else()
    message(STATUS "libopenblas0-openmp is not there: the system's BLAS may have threads of its own beside OpenMP's")
  endif()
endfunction()
