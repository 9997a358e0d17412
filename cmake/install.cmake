# `cmake --install`: the shared library, its headers and its CMake package (find_package(Fovea)), the part that uses
# OpenCV, and the program with the networks that it ships. Everything is found from where it lies, so that the tree may be
# moved.
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Fovea)

install(TARGETS fovea EXPORT FoveaTargets)
if(FOVEA_OPENCV)
  install(TARGETS fovea_opencv DESTINATION ${CMAKE_INSTALL_LIBDIR}/fovea)
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/fovea DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT FoveaTargets NAMESPACE Fovea:: DESTINATION ${package_folder})
cmake_path(GET fovea_torch_cpu PARENT_PATH fovea_torch_folder)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/FoveaConfig.cmake.in
  ${PROJECT_BINARY_DIR}/package/FoveaConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/FoveaConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/FoveaConfig.cmake ${PROJECT_BINARY_DIR}/package/FoveaConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/torch.cmake DESTINATION ${package_folder})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})

if(FOVEA_APP)
  install(TARGETS fovea_cli)
  install(TARGETS fovea_program DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/fovea)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/fovea/models
          FILES_MATCHING PATTERN "*.onnx" PATTERN "*.json" PATTERN "*.md")
  install(FILES ${PROJECT_BINARY_DIR}/completion/fovea
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${PROJECT_BINARY_DIR}/completion/_fovea DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
endif()
