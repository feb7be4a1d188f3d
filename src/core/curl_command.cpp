#include "core/curl_command.hpp"

#include "core/headers.hpp"
#include "core/request_builder.hpp"

#include <algorithm>
#include <string_view>

namespace operate::core {

namespace {

// Linux takes no argument of 128 KiB.
constexpr std::size_t most_argument = 100'000;

std::string shell_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) c == '\'' ? result += "'\\''" : result += c;
  return result + "'";
}

// What a shell cannot be given, or a terminal would act on if the line were typed.
bool is_control(char c) { return (c >= '\0' && c < ' ' && c != '\n') || c == '\x7f'; }

// For printf's %b.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (is_control(c)) {
      result += "\\0";
      for (const int shift : {6, 3, 0}) result += static_cast<char>('0' + (c >> shift & 7));
    } else {
      c == '\\' ? result += "\\\\" : result += c;
    }
  }
  return result;
}

std::string in_seconds(std::chrono::milliseconds time) {
  const std::string fraction = std::to_string(time.count() % 1000 + 1000).substr(1);
  return std::to_string(time.count() / 1000) + "." + fraction;
}

}  // namespace

std::string curl_command(const TransportRequest& request, const CurlSettings& settings) {
  const std::string& method = request.method;
  const std::string body = request.redact(request.body);
  const bool piped = body.size() > most_argument || std::any_of(body.begin(), body.end(), is_control);

  std::string line = piped ? "printf %b " + shell_quoted(escaped(body)) + " | " : std::string();
  line += "curl -q --silent --show-error --globoff --path-as-is --compressed --tlsv1.2";
  line += " --connect-timeout " + in_seconds(settings.connect_timeout);
  line += " --max-time " + in_seconds(settings.timeout);
  if (!settings.ca_file.empty()) line += " --cacert " + shell_quoted(request.redact(settings.ca_file));
  if (settings.proxy) {
    line += " --proxy " + shell_quoted(settings.proxy->url) + " --noproxy ''";
    if (settings.proxy->speaks_tls() && !settings.ca_file.empty())
      line += " --proxy-cacert " + shell_quoted(request.redact(settings.ca_file));
    if (!settings.proxy->user.empty() || !settings.proxy->password.empty())
      line += " --proxy-user \"$OPERATE_PROXY_USER\"";
  } else {
    line += " --noproxy '*'";
  }
  if (method == "HEAD")
    line += " --head";
  else if (method != (sends_body(request) ? "POST" : "GET"))
    line += " --request " + request.redact(method);
  line += " --header \"x-api-key: $OPERATE_API_KEY\"";
  for (const auto& [name, value] : request.headers) {
    // curl takes `Name:` for a header to leave out and `Name;` for one with an empty value.
    const bool blank = value.find_first_not_of(" \t") == std::string::npos;
    line += " --header " + shell_quoted(request.redact(name + (blank ? ";" : ": " + value)));
  }
  if (sends_body(request)) {
    line += " --header 'Expect:'";
    if (!find_header(request.headers, "content-type")) line += " --header 'Content-Type:'";
    line += piped ? " --data-binary @-" : " --data-raw " + shell_quoted(body);
  }
  std::string url = request.redact(request.url);
  for (std::size_t at = url.find(' '); at != std::string::npos; at = url.find(' ', at))
    url.replace(at, 1, "%20");
  return line + " " + shell_quoted(url);
}

}  // namespace operate::core
