# What `cmake --install` writes: headers, libraries, operate-emulator, and the files that find_package and pkg-config read.
# Every path in them is relative, so that the prefix may be moved. The components are
#   runtime      what a program that is linked already needs: the shared library
#   development  what is needed to compile and link one, and the pages
#   testing      the test kit and operate-emulator; it needs the other two
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/operate)

install(TARGETS operate EXPORT operateTargets
        RUNTIME COMPONENT runtime
        LIBRARY COMPONENT runtime NAMELINK_COMPONENT development
        ARCHIVE COMPONENT development
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT operateTargets NAMESPACE operate:: DESTINATION ${package_dir} COMPONENT development)
install(DIRECTORY include/operate DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development PATTERN testing EXCLUDE)

if(OPERATE_BUILD_TESTING)
  install(TARGETS operate_testing EXPORT operate_testingTargets ARCHIVE COMPONENT testing)
  install(EXPORT operate_testingTargets NAMESPACE operate:: DESTINATION ${package_dir} COMPONENT testing)
  install(DIRECTORY include/operate/testing DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/operate COMPONENT testing)
endif()
if(TARGET operate-emulator)
  file(RELATIVE_PATH to_libraries ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(operate-emulator PROPERTIES INSTALL_RPATH $ORIGIN/${to_libraries})
  install(TARGETS operate-emulator RUNTIME COMPONENT testing)
endif()

# The pages, with all that they and error.report() link to, in the places where the links expect it.
file(RELATIVE_PATH to_headers ${CMAKE_INSTALL_FULL_DOCDIR} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
file(READ README.md readme)
string(REPLACE "](include/" "](${to_headers}/" readme "${readme}")
file(CONFIGURE OUTPUT README.md CONTENT "${readme}" @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE
        DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT development)
install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT development)
install(DIRECTORY tests/install/stranger DESTINATION ${CMAKE_INSTALL_DOCDIR}/tests/install COMPONENT development)

configure_package_config_file(cmake/operateConfig.cmake.in operateConfig.cmake INSTALL_DESTINATION ${package_dir})
# Before 1.0 a minor version may change the ABI.
write_basic_package_version_file(operateConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/operateConfig.cmake ${PROJECT_BINARY_DIR}/operateConfigVersion.cmake
        DESTINATION ${package_dir} COMPONENT development)

# For pkg-config, and so for Make and Meson. The file names the library of one configuration, so it is called like that
# library: operate.pc, and operated.pc of a Debug build.
set(pkgconfig_dir ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pkgconfig_prefix ${pkgconfig_dir} ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pkgconfig_prefix ${pkgconfig_prefix})
file(RELATIVE_PATH pkgconfig_includedir ${pkgconfig_dir} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
# A static library requires libcurl, not Requires.private: `pkg-config --static` would also ask for everything that a static
# libcurl is linked with. A shared library has loaded libcurl itself.
if(NOT BUILD_SHARED_LIBS)
  set(pkgconfig_requires "Requires: libcurl >= 7.80")
  set(pkgconfig_libs " -pthread")
  set(pkgconfig_cflags " -DOPERATE_STATIC")
endif()
configure_file(cmake/operate.pc.in operate.pc.in @ONLY)
set(pkgconfig_file ${PROJECT_BINARY_DIR}/pkgconfig-$<CONFIG>/$<TARGET_FILE_BASE_NAME:operate>.pc)
file(GENERATE OUTPUT ${pkgconfig_file} INPUT ${PROJECT_BINARY_DIR}/operate.pc.in)
install(FILES ${pkgconfig_file} DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
