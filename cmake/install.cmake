# What `cmake --install` lays down: headers, libraries, operate-emulator, and the package that find_package reads.
# Every path in it is relative, so that the prefix may be moved.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/operate)

install(TARGETS operate EXPORT operateTargets)
install(EXPORT operateTargets NAMESPACE operate:: DESTINATION ${package_dir})
install(DIRECTORY include/operate DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} PATTERN testing EXCLUDE)

if(OPERATE_BUILD_TESTING)
  install(TARGETS operate_testing EXPORT operate_testingTargets)
  install(EXPORT operate_testingTargets NAMESPACE operate:: DESTINATION ${package_dir})
  install(DIRECTORY include/operate/testing DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/operate)
  file(RELATIVE_PATH to_libraries ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(operate-emulator PROPERTIES INSTALL_RPATH $ORIGIN/${to_libraries})
  install(TARGETS operate-emulator)
endif()

# The pages, with all that they and error.report() link to, in the places where the links expect it.
file(RELATIVE_PATH to_headers ${CMAKE_INSTALL_FULL_DOCDIR} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
file(READ README.md readme)
string(REPLACE "](include/" "](${to_headers}/" readme "${readme}")
file(CONFIGURE OUTPUT README.md CONTENT "${readme}" @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY tests/install/stranger DESTINATION ${CMAKE_INSTALL_DOCDIR}/tests/install)

configure_package_config_file(cmake/operateConfig.cmake.in operateConfig.cmake INSTALL_DESTINATION ${package_dir})
# Before 1.0 a minor version may change the ABI.
write_basic_package_version_file(operateConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/operateConfig.cmake ${PROJECT_BINARY_DIR}/operateConfigVersion.cmake
        DESTINATION ${package_dir})
