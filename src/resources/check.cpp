#include <operate/client.hpp>

namespace operate {
inline namespace v0 {

// The smallest of the documented calls that change nothing.
Transfer Client::check(const RequestOptions& options) const {
  return companies().list({1, 0}, options).transfer();
}

}  // namespace v0
}  // namespace operate
