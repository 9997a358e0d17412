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
if(TARGET ONNX::onnx)  # from 1.16 on
  target_link_libraries(fovea_onnx INTERFACE ONNX::onnx ONNX::onnx_proto protobuf::libprotobuf)
else()
  target_link_libraries(fovea_onnx INTERFACE onnx onnx_proto protobuf::libprotobuf)
endif()

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
if(FOVEA_OPENCV OR FOVEA_TESTS)
  fovea_find_opencv(core imgproc videoio)
endif()

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
  INTERFACE_LINK_LIBRARIES "${fovea_lapack};${fovea_blas};fovea_torch")  # libtorch: the runtime of OpenMP
add_library(fovea_faiss INTERFACE)
target_include_directories(fovea_faiss SYSTEM INTERFACE ${fovea_faiss_include})
target_link_libraries(fovea_faiss INTERFACE fovea_faiss_archive)

# Drawing: shapes by Cairo, letters by FreeType, which glyphs they are by HarfBuzz, their direction by FriBidi.
find_package(Freetype REQUIRED)
find_path(fovea_cairo_include cairo.h PATH_SUFFIXES cairo REQUIRED)
find_library(fovea_cairo_library cairo REQUIRED)
find_path(fovea_harfbuzz_include hb.h PATH_SUFFIXES harfbuzz REQUIRED)
find_library(fovea_harfbuzz_library harfbuzz REQUIRED)
find_path(fovea_fribidi_include fribidi.h PATH_SUFFIXES fribidi REQUIRED)
find_library(fovea_fribidi_library fribidi REQUIRED)
add_library(fovea_drawing INTERFACE)
target_include_directories(fovea_drawing SYSTEM INTERFACE ${fovea_cairo_include} ${fovea_harfbuzz_include}
                                                          ${fovea_fribidi_include})
target_link_libraries(fovea_drawing INTERFACE ${fovea_cairo_library} ${fovea_harfbuzz_library}
                                              ${fovea_fribidi_library} Freetype::Freetype)

# The fonts of pictures; FOVEA_FONTS names others at run time.
function(fovea_find_font variable file package)
  find_file(${variable} ${file} PATHS /usr/share/fonts /usr/share/fonts-droid-fallback
                                      /usr/local/share/fonts
            PATH_SUFFIXES truetype truetype/dejavu truetype/droid dejavu droid TTF)
  if(NOT ${variable})
    message(FATAL_ERROR "The font ${file} is missing; on Debian: apt-get install ${package}. "
                        "Elsewhere: -D${variable}=FILE")
  endif()
endfunction()
fovea_find_font(FOVEA_FONT DejaVuSans.ttf fonts-dejavu-core)
fovea_find_font(FOVEA_FONT_BOLD DejaVuSans-Bold.ttf fonts-dejavu-core)
fovea_find_font(FOVEA_FONT_WIDE DroidSansFallback.ttf fonts-droid-fallback)
fovea_find_font(FOVEA_FONT_RARE DroidSansFallbackFull.ttf fonts-droid-fallback)
configure_file(${PROJECT_SOURCE_DIR}/cmake/font_files.h.in ${PROJECT_BINARY_DIR}/generated/image/font_files.h)
