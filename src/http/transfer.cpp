#include "http/transfer.hpp"

#include "core/headers.hpp"
#include "core/request_builder.hpp"
#include "core/secret.hpp"
#include "sync/cancellation.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace operate::http {

namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t max_header_bytes = 256u << 10;

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// The list that libcurl reads, over memory that is ours: two allocations instead of two a header, and the key
// in it is wiped.
class HeaderList {
 public:
  // `bytes` must be enough for all lines, so that no copy of the key stays behind where the memory was
  // before.
  HeaderList(std::size_t count, std::size_t bytes) {
    text_.reserve(bytes);
    ends_.reserve(count);
  }
  ~HeaderList() { core::wipe(text_); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  // What one line takes beyond its name and value.
  static constexpr std::size_t overhead = 3;

  void add(std::string_view name, std::string_view value) {
    // libcurl takes `Name:` for a header to leave out and `Name;` for one with an empty value.
    const bool blank = value.find_first_not_of(" \t") == std::string_view::npos;
    text_.append(name).append(blank ? ";" : ": ");
    if (!blank) text_.append(value);
    end_line();
  }
  void leave_out(std::string_view name) {
    text_.append(name).append(":");
    end_line();
  }

  curl_slist* link() {
    nodes_.resize(ends_.size());
    char* line = text_.data();
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      nodes_[i] = {line, i + 1 < nodes_.size() ? &nodes_[i + 1] : nullptr};
      line = text_.data() + ends_[i];
    }
    return nodes_.data();
  }

 private:
  void end_line() {
    text_.push_back('\0');
    ends_.push_back(text_.size());
  }

  std::string text_;  // The lines, each with a NUL behind it.
  std::vector<std::size_t> ends_;
  std::vector<curl_slist> nodes_;
};

class CurlTransfer {
 public:
  CurlTransfer(Handle& handle, const TransportSettings& settings, const TransportRequest& request,
               const TransportLimits& limits)
      : handle_(handle),
        easy_(handle.easy()),
        multi_(handle.multi()),
        settings_(settings),
        request_(request),
        limits_(limits),
        headers_(request.headers.size() + 3, bytes_of_headers(request)) {
    answer_.headers.reserve(16);
    curl_easy_reset(easy_);
    set_headers();
    set_request();
    set_limits_of_trust();
    set_callbacks();
  }

  TransportResult run() {
    TransportResult result = perform();
    Transfer facts = this->facts();
    const auto* answer = std::get_if<TransportResponse>(&result);
    const auto& headers = answer ? answer->headers : answer_.headers;
    if (const auto* id = core::find_header(headers, "x-request-id")) facts.request_id = *id;
    std::visit([&](auto& outcome) { outcome.transfer = std::move(facts); }, result);
    return result;
  }

 private:
  TransportResult perform() {
    start_ = last_activity_ = SteadyClock::now();
    if (curl_multi_add_handle(multi_, easy_) != CURLM_OK) throw std::bad_alloc();
    std::optional<CURLcode> code;
    {
      const detail::CancellationCallback wake(
          limits_.cancel, [](void* multi) noexcept { curl_multi_wakeup(multi); }, multi_);
      code = drive();
    }
    handle_.note_connection();
    curl_multi_remove_handle(multi_, easy_);
    if (exception_) std::rethrow_exception(exception_);
    if (!code && cancelled_)
      return TransportFailure{TransportErrorKind::cancelled, {}, elapsed(), connected_, {}};
    if (!code) return timed_out(expired_);
    // For libcurl, a connection that closes in the middle of the headers ends them.
    if (*code == CURLE_OK && !headers_complete_) broken_ = "the headers break off";
    if (broken_) return TransportFailure{TransportErrorKind::receive, {}, elapsed(), true, broken_};
    if (*code == CURLE_OK) {
      const long status = number(CURLINFO_RESPONSE_CODE);
      answer_.status = static_cast<int>(status);
      // Through a tunnel, and without a proxy, it is the server's own.
      if (status == 407 && settings_.proxy && !settings_.proxy->is_socks() &&
          request_.url.substr(0, 5) == "http:")
        return refused_by_proxy(status);
      return std::move(answer_);
    }
    const long connect_code = number(CURLINFO_HTTP_CONNECTCODE);
    const bool at_proxy = !connected_ && is_of_proxy(*code, connect_code >= 200);
    const TransportErrorKind kind = kind_of(*code, at_proxy);
    // libcurl makes a new connection by itself where a kept one is lost, even if it may not send the request
    // again. What that fails with is not what happened: the request was on its way.
    if (connected_ && !request_.safe_to_repeat &&
        (is_before_request(kind) || connect_code >= 300 || *code == CURLE_OPERATION_TIMEDOUT ||
         *code == CURLE_SEND_FAIL_REWIND))
      return TransportFailure{TransportErrorKind::receive, {}, elapsed(), true, "it ended without an answer"};
    if (*code == CURLE_OPERATION_TIMEDOUT) return timed_out(TimeLimit::connect);
    if (connect_code >= 300) return refused_by_proxy(connect_code);
    // A text about a proxy may quote the proxy's address, with its password.
    const std::string_view text = error_.data();
    const bool shown = !text.empty() && text.find("roxy") == std::string_view::npos &&
                       text.find('@') == std::string_view::npos && text.find("://") == std::string_view::npos;
    std::string words(shown ? text : curl_easy_strerror(*code));
    if (at_proxy) words = proxy_name() + ": " + words;
    if (kind == TransportErrorKind::too_large) words.clear();  // Not what the limit is called inside libcurl.
    return TransportFailure{kind, {}, elapsed(), connected_, words, is_permanent(*code)};
  }

  // Refusing an option can only mean a libcurl that lacks what this library needs, or no memory.
  template <class T>
  void set(CURLoption option, T value) {
    if (curl_easy_setopt(easy_, option, value) != CURLE_OK) throw std::bad_alloc();
  }

  static constexpr std::string_view key_header = "x-api-key";

  static std::size_t bytes_of_headers(const TransportRequest& request) {
    std::size_t bytes = key_header.size() + request.api_key.size() + HeaderList::overhead;
    for (const auto& [name, value] : request.headers)
      bytes += name.size() + value.size() + HeaderList::overhead;
    return bytes + sizeof "Content-Type:" + sizeof "Expect:";
  }

  void set_headers() {
    headers_.add(key_header, request_.api_key);
    for (const auto& [name, value] : request_.headers) headers_.add(name, value);
    if (core::sends_body(request_)) {
      if (!core::find_header(request_.headers, "content-type")) headers_.leave_out("Content-Type");
      headers_.leave_out("Expect");  // Waiting for a `100 Continue` that few servers send costs a second.
    }
    set(CURLOPT_HTTPHEADER, headers_.link());
    set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // None of these to a proxy.
    set(CURLOPT_ACCEPT_ENCODING, settings_.accepted_encodings.c_str());
  }

  void set_request() {
    set(CURLOPT_URL, request_.url.c_str());
    set(CURLOPT_PATH_AS_IS, 1L);
    const std::string& method = request_.method;
    if (method == "HEAD") {
      set(CURLOPT_NOBODY, 1L);
    } else if (core::sends_body(request_)) {
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
      if (method != "POST") set(CURLOPT_CUSTOMREQUEST, method.c_str());
    } else if (method != "GET") {
      set(CURLOPT_CUSTOMREQUEST, method.c_str());
    }
    // libcurl repeats a request by itself where a kept connection turns out to be closed, even after the
    // server has read it. A body that cannot be read again stops that; where there is none to read, only a
    // new connection does.
    const bool could_be_repeated = !request_.safe_to_repeat && request_.body.empty();
    if (could_be_repeated || handle_.has_unasked_input()) set(CURLOPT_FRESH_CONNECT, 1L);
  }

  void set_limits_of_trust() {
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!settings_.ca_file.empty()) {
      set(CURLOPT_CAINFO, settings_.ca_file.c_str());
      // Refused by TLS libraries that trust no folder in the first place.
      curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);
    }
#if LIBCURL_VERSION_NUM >= 0x075500
    set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set_proxy();
  }

  // Also where there is none: otherwise libcurl looks at the environment, for this machine, too.
  void set_proxy() {
    set(CURLOPT_PROXY, settings_.proxy ? settings_.proxy->url.c_str() : "");
    set(CURLOPT_NOPROXY, "");
    if (!settings_.proxy) return;
    if (!settings_.proxy->user.empty() || !settings_.proxy->password.empty()) {
      set(CURLOPT_PROXYUSERNAME, settings_.proxy->user.c_str());
      set(CURLOPT_PROXYPASSWORD, settings_.proxy->password.c_str());
      set(CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC));
    }
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (!settings_.proxy->speaks_tls()) return;
    set(CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
    set(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
    if (!settings_.ca_file.empty()) {
      set(CURLOPT_PROXY_CAINFO, settings_.ca_file.c_str());
      curl_easy_setopt(easy_, CURLOPT_PROXY_CAPATH, nullptr);
    }
  }

  void set_callbacks() {
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_ERRORBUFFER, error_.data());
    // libcurl divides this limit among a host's addresses; the other limits are watched in drive().
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout.count()));
#if LIBCURL_VERSION_NUM >= 0x075700
    set(CURLOPT_QUICK_EXIT, 1L);  // Do not wait for a name server that does not answer.
#endif
    set(CURLOPT_PREREQFUNCTION, &CurlTransfer::on_connected);
    set(CURLOPT_PREREQDATA, this);
    set(CURLOPT_READFUNCTION, &CurlTransfer::on_read);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_SEEKFUNCTION, &CurlTransfer::on_seek);
    set(CURLOPT_SEEKDATA, this);
    set(CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
    set(CURLOPT_WRITEDATA, this);
  }

  // Until libcurl is done; empty where the call was cancelled or one of our limits ran out, which expired_
  // names.
  std::optional<CURLcode> drive() {
    for (;;) {
      int running = 0;
      if (curl_multi_perform(multi_, &running) != CURLM_OK) throw std::bad_alloc();
      if (running == 0) {
        if (over_) return std::nullopt;
        int left = 0;
        const CURLMsg* message = curl_multi_info_read(multi_, &left);
        return message ? message->data.result : CURLE_RECV_ERROR;
      }
      const milliseconds wait = time_left();
      if (is_over(wait)) return std::nullopt;
      curl_multi_poll(multi_, nullptr, 0, static_cast<int>(wait.count()), nullptr);
    }
  }

  bool is_over(milliseconds left) {
    cancelled_ = limits_.cancel.is_cancelled();
    return cancelled_ || left <= milliseconds::zero();
  }

  milliseconds time_left() {
    const auto now = SteadyClock::now();
    if (active_) last_activity_ = now;
    active_ = false;
    milliseconds left = limits_.deadline;
    expired_ = TimeLimit::deadline;
    if (limits_.timeout < left) {
      left = limits_.timeout;
      expired_ = TimeLimit::attempt;
    }
    left -= std::chrono::floor<milliseconds>(now - start_);
    if (connected_ && !awaits_answer()) {
      const milliseconds stall =
          settings_.stall_timeout - std::chrono::floor<milliseconds>(now - last_activity_);
      if (stall < left) {
        left = stall;
        expired_ = TimeLimit::stall;
      }
    }
    return left;
  }

  // A server may think as long as the attempt may take.
  bool awaits_answer() const { return header_bytes_ == 0 && body_sent_ == request_.body.size(); }

  milliseconds elapsed() const {
    return std::chrono::duration_cast<milliseconds>(SteadyClock::now() - start_);
  }

  // What libcurl counts as a long; 0 where it says nothing.
  long number(CURLINFO what) const {
    long value = 0;
    curl_easy_getinfo(easy_, what, &value);
    return value;
  }

  Transfer facts() const {
    Transfer facts;
    const auto read = [&](CURLINFO what) {
      curl_off_t value = 0;
      curl_easy_getinfo(easy_, what, &value);
      return value;
    };
    const auto span = [](curl_off_t from, curl_off_t to) {
      return std::chrono::microseconds(std::max<curl_off_t>(to - from, 0));
    };
    facts.http_version = version();
    facts.connection_reused = connected_ && number(CURLINFO_NUM_CONNECTS) == 0;
    facts.bytes_sent = static_cast<std::int64_t>(body_sent_);
    facts.bytes_received = read(CURLINFO_SIZE_DOWNLOAD_T);
    if (!facts.connection_reused) {
      const curl_off_t named = read(CURLINFO_NAMELOOKUP_TIME_T), made = read(CURLINFO_CONNECT_TIME_T);
      facts.name_lookup = span(0, named);
      facts.connect = span(named, made);
      facts.tls = span(made, read(CURLINFO_APPCONNECT_TIME_T));
    }
    // libcurl's own figure is the time at which a body began to go out.
    if (header_bytes_ > 0)
      facts.first_byte = std::chrono::duration_cast<std::chrono::microseconds>(first_byte_ - start_);
    facts.total = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - start_);
    return facts;
  }

  const char* version() const {
    switch (header_bytes_ > 0 ? number(CURLINFO_HTTP_VERSION) : 0) {
      case CURL_HTTP_VERSION_1_0:
        return "1.0";
      case CURL_HTTP_VERSION_1_1:
        return "1.1";
      case CURL_HTTP_VERSION_2_0:
        return "2";
      default:
        return "";
    }
  }

  TransportFailure timed_out(TimeLimit limit) const {
    const bool by_proxy = settings_.proxy && !settings_.proxy->is_socks() && !connected_ &&
                          number(CURLINFO_HTTP_CONNECTCODE) < 200;
    return {TransportErrorKind::timeout, limit, elapsed(), connected_,
            by_proxy ? "by the proxy " + proxy_name() : std::string()};
  }

  // Whether what failed before the request could be sent is the proxy's. Behind a tunnel, and in that of a
  // SOCKS proxy, it is the server that speaks TLS.
  bool is_of_proxy(CURLcode code, bool behind_tunnel) const {
    if (!settings_.proxy || code == CURLE_OUT_OF_MEMORY) return false;
    return !(behind_tunnel || settings_.proxy->is_socks()) || kind_of(code, false) != TransportErrorKind::tls;
  }

  static bool is_before_request(TransportErrorKind kind) {
    return kind == TransportErrorKind::resolve || kind == TransportErrorKind::connect ||
           kind == TransportErrorKind::tls || kind == TransportErrorKind::proxy;
  }

  // For messages; its URL holds no password.
  std::string proxy_name() const { return settings_.proxy->url + " of " + settings_.proxy->origin; }

  TransportErrorKind kind_of(CURLcode code, bool at_proxy) const {
    if (too_large_) return TransportErrorKind::too_large;
    if (at_proxy) return TransportErrorKind::proxy;
    switch (code) {
      case CURLE_COULDNT_RESOLVE_HOST:
        return TransportErrorKind::resolve;
      case CURLE_COULDNT_RESOLVE_PROXY:
      case CURLE_PROXY:
        return TransportErrorKind::proxy;
      case CURLE_COULDNT_CONNECT:
        return TransportErrorKind::connect;
      case CURLE_SSL_CONNECT_ERROR:
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CERTPROBLEM:
      case CURLE_SSL_CIPHER:
      case CURLE_SSL_CACERT_BADFILE:
      case CURLE_SSL_ISSUER_ERROR:
      case CURLE_SSL_INVALIDCERTSTATUS:
      case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      case CURLE_USE_SSL_FAILED:
        return TransportErrorKind::tls;
      case CURLE_SEND_ERROR:
        return TransportErrorKind::send;
#if LIBCURL_VERSION_NUM >= 0x080600
      case CURLE_TOO_LARGE:
        return TransportErrorKind::too_large;
#endif
      case CURLE_OUT_OF_MEMORY:
        // That is how libcurl ends at a single header of more than 100 KiB.
        if (connected_ && !headers_complete_) return TransportErrorKind::too_large;
        throw std::bad_alloc();
      default:
        return connected_ ? TransportErrorKind::receive : TransportErrorKind::connect;
    }
  }

  // Nothing of the request has gone further, and with what it was asked the proxy will say so again, unless
  // its trouble is one of time.
  TransportFailure refused_by_proxy(long status) const {
    const bool passing = status == 408 || status == 429 || status >= 500;
    return {TransportErrorKind::proxy,
            {},
            elapsed(),
            /*request_may_have_arrived=*/false,
            proxy_name() + ": status " + std::to_string(status) +
                (status == 407 ? ", it wants a user and password, or others" : ""),
            !passing};
  }

  static bool is_permanent(CURLcode code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_SSL_ISSUER_ERROR;
  }

  // Runs a callback's work, so that no exception passes through libcurl's frames.
  template <class F>
  static std::size_t guarded(void* self, std::size_t failure, F work) {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    try {
      transfer.active_ = true;
      return work(transfer);
    } catch (...) {
      transfer.exception_ = std::current_exception();
      return failure;
    }
  }

  static int on_connected(void* self, char*, char*, int, int) {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    transfer.connected_ = transfer.active_ = true;
    return CURL_PREREQFUNC_OK;
  }

  static std::size_t on_read(char* to, std::size_t size, std::size_t count, void* self) {
    return guarded(self, CURL_READFUNC_ABORT, [&](CurlTransfer& transfer) {
      const std::string_view body = transfer.request_.body;
      const std::size_t bytes = std::min(size * count, body.size() - transfer.body_sent_);
      std::memcpy(to, body.data() + transfer.body_sent_, bytes);
      transfer.body_sent_ += bytes;
      return bytes;
    });
  }

  static int on_seek(void* self, curl_off_t offset, int origin) {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    if (!transfer.request_.safe_to_repeat || origin != SEEK_SET || offset < 0 ||
        static_cast<std::size_t>(offset) > transfer.request_.body.size())
      return CURL_SEEKFUNC_FAIL;
    transfer.body_sent_ = static_cast<std::size_t>(offset);
    return CURL_SEEKFUNC_OK;
  }

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) {
    const std::size_t bytes = size * count;
    return guarded(self, bytes + 1, [&](CurlTransfer& transfer) {
      if (transfer.header_bytes_ == 0) transfer.first_byte_ = SteadyClock::now();
      transfer.header_bytes_ += bytes;
      if (transfer.header_bytes_ > max_header_bytes) {
        transfer.too_large_ = true;
        return bytes + 1;
      }
      transfer.take_header(std::string_view(data, bytes));
      return transfer.broken_ ? bytes + 1 : bytes;
    });
  }

  void take_header(std::string_view line) {
    auto& headers = answer_.headers;
    if (line.substr(0, 5) == "HTTP/") {  // Also behind a 1xx answer, whose headers do not count.
      headers.clear();
      headers_complete_ = false;
      // libcurl would wait for what the new protocol says.
      if (line.substr(0, 12).find(" 101") != std::string_view::npos)
        broken_ = "it changes to a protocol that nobody asked for";
      return;
    }
    if (headers_complete_) return;  // A trailer.
    const std::string_view text = trim(line);
    if (line.front() == ' ' || line.front() == '\t') {  // A header's continued line.
      if (!headers.empty() && !text.empty()) headers.back().value.append(" ").append(text);
    } else if (text.empty()) {
      headers_complete_ = true;
    } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
      headers.push_back(
          {std::string(trim(text.substr(0, colon))), std::string(trim(text.substr(colon + 1)))});
      if (core::same_name(headers.back().name, "content-length")) check_length();
    }
  }

  // libcurl takes the last of several lengths, and none for one beyond its range. Where the body ends would
  // then be a guess.
  void check_length() {
    const std::string& length = answer_.headers.back().value;
    if (length.empty() || length.size() > 18 || length.find_first_not_of("0123456789") != std::string::npos)
      broken_ = "its Content-Length is no length";
    else if (*core::find_header(answer_.headers, "content-length") != length)
      broken_ = "it has two lengths that differ";
  }

  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) {
    const std::size_t bytes = size * count;
    return guarded(self, bytes + 1, [&](CurlTransfer& transfer) {
      std::string& body = transfer.answer_.body;
      // A few bytes on the wire can unpack for seconds, all within one step of libcurl's.
      transfer.over_ = transfer.is_over(transfer.time_left());
      if (transfer.over_) return bytes + 1;
      if (bytes > transfer.settings_.max_response_bytes - body.size()) {
        transfer.too_large_ = true;
        return bytes + 1;
      }
      body.append(data, bytes);
      return bytes;
    });
  }

  Handle& handle_;
  CURL* easy_;
  CURLM* multi_;
  const TransportSettings& settings_;
  const TransportRequest& request_;
  const TransportLimits& limits_;
  HeaderList headers_;
  std::array<char, CURL_ERROR_SIZE> error_ = {};

  SteadyClock::time_point start_, first_byte_, last_activity_;
  TimeLimit expired_ = TimeLimit::attempt;
  bool connected_ = false;  // From here on, something of the request may have arrived.
  bool active_ = false;     // A byte went or came since last_activity_.
  bool headers_complete_ = false;
  bool too_large_ = false;
  const char* broken_ = nullptr;  // What is wrong with the headers, where something is.
  bool over_ = false;             // Ended while a body was unpacked.
  bool cancelled_ = false;
  std::size_t body_sent_ = 0;
  std::size_t header_bytes_ = 0;
  TransportResponse answer_;
  std::exception_ptr exception_;
};

}  // namespace

TransportResult transfer(Handle& handle, const TransportSettings& settings, const TransportRequest& request,
                         const TransportLimits& limits) {
  return CurlTransfer(handle, settings, request, limits).run();
}

}  // namespace operate::http
