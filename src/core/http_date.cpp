#include "core/http_date.hpp"

#include <array>
#include <charconv>
#include <cstddef>

namespace operate::core {

namespace {

// Takes a date apart from its beginning; once something is not as it should be, nothing is any more.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool good() const { return good_; }
  bool finished() const { return good_ && rest_.empty(); }

  void expect(std::string_view text) { good_ = skip(text); }

  // Exactly so many digits.
  int number(std::size_t digits) {
    int value = 0;
    good_ = good_ && rest_.size() >= digits && rest_.find_first_not_of("0123456789") >= digits;
    if (good_) std::from_chars(rest_.data(), rest_.data() + digits, value);
    if (good_) rest_.remove_prefix(digits);
    return value;
  }

  // The place of one of the names, from 0.
  template <std::size_t Count>
  int one_of(const std::array<std::string_view, Count>& names) {
    for (std::size_t i = 0; good_ && i < Count; ++i) {
      if (rest_.substr(0, names[i].size()) != names[i]) continue;
      rest_.remove_prefix(names[i].size());
      return static_cast<int>(i);
    }
    good_ = false;
    return 0;
  }

  bool skip(std::string_view text) {
    if (!good_ || rest_.substr(0, text.size()) != text) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

constexpr std::array<std::string_view, 7> long_days = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                       "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 7> days = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text) {
  Reader reader(text);
  int day = 0, month = 0, year = 0, hour = 0, minute = 0, second = 0;
  const auto time_of_day = [&] {
    hour = reader.number(2);
    reader.expect(":");
    minute = reader.number(2);
    reader.expect(":");
    second = reader.number(2);
  };
  const std::size_t comma = text.find(',');
  if (comma != std::string_view::npos) {  // Sun, 06 Nov 1994 08:49:37 GMT or Sunday, 06-Nov-94 08:49:37 GMT
    const bool obsolete = comma != 3;
    const std::string_view separator = obsolete ? "-" : " ";
    reader.one_of(obsolete ? long_days : days);
    reader.expect(", ");
    day = reader.number(2);
    reader.expect(separator);
    month = reader.one_of(months) + 1;
    reader.expect(separator);
    year = reader.number(obsolete ? 2 : 4);
    if (obsolete) year += year < 70 ? 2000 : 1900;
    reader.expect(" ");
    time_of_day();
    reader.expect(" GMT");
  } else {  // Sun Nov  6 08:49:37 1994
    reader.one_of(days);
    reader.expect(" ");
    month = reader.one_of(months) + 1;
    reader.expect(" ");
    day = reader.skip(" ") ? reader.number(1) : reader.number(2);
    reader.expect(" ");
    time_of_day();
    reader.expect(" ");
    year = reader.number(4);
  }
  namespace chrono = std::chrono;
  const chrono::year_month_day date{chrono::year(year), chrono::month(static_cast<unsigned>(month)),
                                    chrono::day(static_cast<unsigned>(day))};
  // Second 60 is a leap second's. What a system clock cannot count lies beyond these years.
  if (!reader.finished() || !date.ok() || year < 1900 || year > 2200 || hour > 23 || minute > 59 ||
      second > 60)
    return std::nullopt;
  return chrono::sys_days(date) + chrono::hours(hour) + chrono::minutes(minute) + chrono::seconds(second);
}

}  // namespace operate::core
