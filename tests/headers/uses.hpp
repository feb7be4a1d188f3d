// Uses of the templates of the public headers: some errors appear only when a template is instantiated.
#include <operate/operate.hpp>
#include <operate/resource.hpp>
#include <operate/testing/gtest.hpp>

template class operate::PagedRange<operate::Company>;
template class operate::PagedRange<nlohmann::json>;
template class operate::Async<operate::Company>;
template class operate::Result<operate::Company>;
template class operate::Result<void>;

inline void use_templates(const operate::Client& client) {
  using operate::testing::HasError, operate::testing::HasValue;
  const auto page = operate::attempt([&] { return client.companies().list(); });
  EXPECT_THAT(page, HasError<operate::Error>());
  EXPECT_THAT(page, HasError<operate::ApiError>(operate::testing::StatusIs(409)));
  EXPECT_THAT(page, HasValue(::testing::SizeIs(3)));
}
