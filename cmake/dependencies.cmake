# What Fovea is built on, as thin interface targets: only the libraries that are used get linked.
add_link_options(-Wl,--as-needed)

# Gold, which comes with binutils, links the program in a quarter of the time.
include(CheckLinkerFlag)
check_linker_flag(CXX -fuse-ld=gold FOVEA_GOLD)
if(FOVEA_GOLD)
  add_link_options(-fuse-ld=gold)
endif()

include(torch)
fovea_find_torch(fovea_torch)

find_package(Protobuf REQUIRED)
find_package(ONNX REQUIRED CONFIG)
add_library(fovea_onnx INTERFACE)
target_link_libraries(fovea_onnx INTERFACE onnx onnx_proto protobuf::libprotobuf)

# OpenCV, part by part: its own CMake package comes with libopencv-dev, which drags every part in, viewers among them.
function(fovea_find_opencv)
  foreach(part IN LISTS ARGN)
    find_path(fovea_opencv_${part}_include opencv2/${part}.hpp PATH_SUFFIXES opencv4)
    find_library(fovea_opencv_${part}_library opencv_${part})
    if(NOT fovea_opencv_${part}_include OR NOT fovea_opencv_${part}_library)
      message(FATAL_ERROR "OpenCV's ${part} is missing; on Debian: apt-get install libopencv-${part}-dev")
    endif()
    add_library(opencv_${part} INTERFACE IMPORTED)
    target_include_directories(opencv_${part} SYSTEM INTERFACE ${fovea_opencv_${part}_include})
    target_link_libraries(opencv_${part} INTERFACE ${fovea_opencv_${part}_library})
  endforeach()
endfunction()
fovea_find_opencv(core imgproc imgcodecs videoio)

# What reads and writes pictures, a library per format.
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(TIFF REQUIRED)
find_package(GIF REQUIRED)
find_package(ZLIB REQUIRED)
find_path(fovea_webp_include webp/demux.h REQUIRED)
find_path(fovea_lcms_include lcms2.h REQUIRED)
add_library(fovea_codecs INTERFACE)
target_include_directories(fovea_codecs SYSTEM INTERFACE ${fovea_webp_include} ${fovea_lcms_include})
foreach(library webp webpdemux webpmux lcms2)
  find_library(fovea_${library}_library ${library} REQUIRED)
  target_link_libraries(fovea_codecs INTERFACE ${fovea_${library}_library})
endforeach()
target_link_libraries(fovea_codecs INTERFACE JPEG::JPEG PNG::PNG TIFF::TIFF GIF::GIF ZLIB::ZLIB)

find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(SQLite3 REQUIRED)

# FAISS: Debian's static library, which calls a BLAS and a LAPACK; at run time those are the system's chosen ones.
find_path(fovea_faiss_include faiss/IndexIVFFlat.h REQUIRED)
find_library(fovea_faiss_library faiss REQUIRED)
find_library(fovea_blas NAMES blas openblas REQUIRED)
find_library(fovea_lapack NAMES lapack openblas REQUIRED)
add_library(fovea_faiss_archive UNKNOWN IMPORTED)  # imported: CMake then puts what it needs behind it
set_target_properties(fovea_faiss_archive PROPERTIES IMPORTED_LOCATION ${fovea_faiss_library}
  INTERFACE_LINK_LIBRARIES "${fovea_lapack};${fovea_blas};OpenMP::OpenMP_CXX")
add_library(fovea_faiss INTERFACE)
target_include_directories(fovea_faiss SYSTEM INTERFACE ${fovea_faiss_include})
target_link_libraries(fovea_faiss INTERFACE fovea_faiss_archive)
