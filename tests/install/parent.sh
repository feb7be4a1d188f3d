# For the tests that build the library as a part of a parent project; sourced by them.

# configure_parent BUILD [CMAKE_ARGUMENT...]. The object files are those of the build that runs the test.
configure_parent() {
  fresh "$1"
  configure_consumer "$here/parent" "$1" -Doperate="$source" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON \
    -DCMAKE_CXX_COMPILER_LAUNCHER="$here/reuse_objects.sh;$build/src/CMakeFiles;$objects_folder" \
    -Djson_include="$json_include" -Dcurl_library="$curl_library" -Dcurl_include="$curl_include" \
    -Dopenssl_libraries="$openssl_libraries" -Dhttplib_include="$httplib_include" \
    -Dhttplib_libraries="$httplib_libraries" -Dhttplib_options="$httplib_options" "${@:2}"
}
