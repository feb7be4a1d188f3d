#include <operate/client.hpp>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

// The smallest of the documented calls that change nothing.
Transfer Client::check(const RequestOptions& options) const {
  return companies().list({1, 0}, options).transfer();
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
