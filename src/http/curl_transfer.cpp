#include "http/curl_transfer.hpp"

#include "core/headers.hpp"
#include "core/request_builder.hpp"
#include "core/secret.hpp"

#ifndef _WIN32
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#endif

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <utility>

namespace operate::http {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t max_header_bytes = 256u << 10;
constexpr std::string_view key_header = "x-api-key";

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_before_request(TransportErrorKind kind) {
  return kind == TransportErrorKind::resolve || kind == TransportErrorKind::connect ||
         kind == TransportErrorKind::tls || kind == TransportErrorKind::proxy;
}

bool is_permanent(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_SSL_ISSUER_ERROR;
}

}  // namespace

CurlTransfer::CurlTransfer(EasyHandle& easy, const TransportSettings& settings,
                           const TransportRequest& request, const TransportLimits& limits,
                           Connection connection, KeptSockets* kept_sockets)
    : easy_(easy), settings_(settings), request_(request), limits_(limits), kept_sockets_(kept_sockets) {
  answer_.headers.reserve(16);
  easy_.make_ready();
  set_request();
  set_headers();
  set_connection(connection);
  set_callbacks();
}

CurlTransfer::~CurlTransfer() {
  // libcurl writes to it also when it closes a connection, later.
  curl_easy_setopt(easy_.get(), CURLOPT_ERRORBUFFER, nullptr);
  easy_.headers().clear();
  if (!went_well_) easy_.wear_out();
  if (settings_.answers_are_secret) core::wipe(answer_.body);
}

void CurlTransfer::start() { start_ = last_activity_ = SteadyClock::now(); }

TransportResult CurlTransfer::finish(std::optional<CURLcode> code) {
  went_well_ = code == CURLE_OK && !repeated_;
  if (exception_) std::rethrow_exception(exception_);
  TransportResult result = result_of(must_end_ ? std::nullopt : code);
  Transfer facts = this->facts();
  const auto* answer = std::get_if<TransportResponse>(&result);
  const auto& headers = answer ? answer->headers : answer_.headers;
  if (const auto* id = core::find_header(headers, "x-request-id")) facts.request_id = *id;
  std::visit([&](auto& outcome) { outcome.transfer = std::move(facts); }, result);
  return result;
}

TransportResult CurlTransfer::result_of(std::optional<CURLcode> code) {
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
  return failed(*code);
}

TransportFailure CurlTransfer::failed(CURLcode code) {
  const long connect_code = number(CURLINFO_HTTP_CONNECTCODE);
  const bool at_proxy = !connected_ && is_of_proxy(code, connect_code >= 200);
  const TransportErrorKind kind = kind_of(code, at_proxy);
  // libcurl makes a new connection by itself where a kept one is lost, even if it may not send the request
  // again. What that fails with is not what happened: the request was on its way.
  if (connected_ && !request_.safe_to_repeat &&
      (is_before_request(kind) || connect_code >= 300 || code == CURLE_OPERATION_TIMEDOUT ||
       code == CURLE_SEND_FAIL_REWIND || code == CURLE_ABORTED_BY_CALLBACK))
    return {TransportErrorKind::receive, {}, elapsed(), true, "it ended without an answer"};
  if (code == CURLE_OPERATION_TIMEDOUT) return timed_out(TimeLimit::connect);
  if (connect_code >= 300) return refused_by_proxy(connect_code);
  // A text about a proxy may quote the proxy's address, with its password.
  const std::string_view text = error_.data();
  const bool shown = !text.empty() && text.find("roxy") == std::string_view::npos &&
                     text.find('@') == std::string_view::npos && text.find("://") == std::string_view::npos;
  std::string words(shown ? text : curl_easy_strerror(code));
  if (at_proxy) words = proxy_name() + ": " + words;
  if (kind == TransportErrorKind::too_large) words.clear();  // Not what the limit is called inside libcurl.
  return {kind, {}, elapsed(), connected_, words, is_permanent(code)};
}

void CurlTransfer::set_headers() {
  HeaderList& headers = easy_.headers();
  headers.clear();  // Of a transfer that could not begin.
  if (!request_.api_key.empty()) headers.add(key_header, request_.api_key);
  // Whatever stands in this list is signed, also what is only to be left out; a proxy may change the
  // User-Agent.
  const bool is_signed = settings_.signing != nullptr;
  for (const auto& [name, value] : request_.headers)
    if (is_signed && core::same_name(name, "user-agent"))
      easy_.set(CURLOPT_USERAGENT, value.c_str());
    else
      headers.add(name, value);
  if (core::sends_body(request_)) {
    if (!core::find_header(request_.headers, "content-type")) headers.leave_out("Content-Type");
    if (!is_signed)
      headers.leave_out("Expect");  // Waiting for a `100 Continue` that few servers send costs a second.
  }
  easy_.set(CURLOPT_HTTPHEADER, headers.link());
}

// Every option that depends on the request, as the handle still has those of the last.
void CurlTransfer::set_request() {
  CURLU* parts = easy_.url().of(request_.url);
  easy_.set(CURLOPT_CURLU, parts);
  if (!parts) easy_.set(CURLOPT_URL, request_.url.c_str());
  const std::string& method = request_.method;
  const bool sends_body = core::sends_body(request_);
  easy_.set(CURLOPT_HTTPGET, 1L);
  if (method == "HEAD") {
    easy_.set(CURLOPT_NOBODY, 1L);
  } else if (sends_body) {
    easy_.set(CURLOPT_POST, 1L);
    easy_.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    // What is read through a callback is not signed.
    if (settings_.signing) {
      easy_.set(CURLOPT_POSTFIELDS, request_.body.data());
      body_sent_ = request_.body.size();
    }
  }
  const bool known = method == "HEAD" || method == (sends_body ? "POST" : "GET");
  easy_.set(CURLOPT_CUSTOMREQUEST, known ? nullptr : method.c_str());
}

void CurlTransfer::set_connection(Connection connection) {
  // libcurl repeats a request by itself where a kept connection turns out to be closed, even after the
  // server has read it. A body that cannot be read again stops that, and where there is none to read,
  // on_connected(). But as servers close kept connections now and again, a new one is better where it costs
  // little: where it is not shared.
  const bool could_be_repeated =
      connection == Connection::kept && !request_.safe_to_repeat && request_.body.empty();
  easy_.set(CURLOPT_FRESH_CONNECT, could_be_repeated || connection == Connection::fresh ? 1L : 0L);
  if (!kept_sockets_) return;
  // Wait until it is known whether the server speaks HTTP/2.
  if (settings_.tls) easy_.set(CURLOPT_PIPEWAIT, 1L);
#ifdef TCP_USER_TIMEOUT
  // A shared connection outlives the calls that fail on it, unless it fails itself.
  easy_.set(CURLOPT_SOCKOPTFUNCTION, &CurlTransfer::on_socket);
  easy_.set(CURLOPT_SOCKOPTDATA, this);
#endif
}

void CurlTransfer::set_callbacks() {
  const auto set = [this](CURLoption function, auto callback, CURLoption data) {
    easy_.set(function, callback);
    easy_.set(data, this);
  };
  set(CURLOPT_PREREQFUNCTION, &CurlTransfer::on_connected, CURLOPT_PREREQDATA);
  set(CURLOPT_READFUNCTION, &CurlTransfer::on_read, CURLOPT_READDATA);
  set(CURLOPT_SEEKFUNCTION, &CurlTransfer::on_seek, CURLOPT_SEEKDATA);
  set(CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header, CURLOPT_HEADERDATA);
  set(CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body, CURLOPT_WRITEDATA);
  easy_.set(CURLOPT_ERRORBUFFER, error_.data());  // Last, as it is the destructor that takes it back.
}

bool CurlTransfer::must_end() {
  if (must_end_) return true;
  const auto now = SteadyClock::now();
  if (active_) last_activity_ = now;
  active_ = false;
  left_ = limits_.deadline;
  expired_ = TimeLimit::deadline;
  if (limits_.timeout < left_) {
    left_ = limits_.timeout;
    expired_ = TimeLimit::attempt;
  }
  left_ -= std::chrono::floor<milliseconds>(now - start_);
  if (connected_ && !awaits_answer()) {
    const milliseconds stall =
        settings_.stall_timeout - std::chrono::floor<milliseconds>(now - last_activity_);
    if (stall < left_) {
      left_ = stall;
      expired_ = TimeLimit::stall;
    }
  }
  cancelled_ = limits_.cancel.is_cancelled();
  must_end_ = cancelled_ || left_ <= milliseconds::zero();
  return must_end_;
}

milliseconds CurlTransfer::elapsed() const {
  return std::chrono::duration_cast<milliseconds>(SteadyClock::now() - start_);
}

long CurlTransfer::number(CURLINFO what) const {
  long value = 0;
  curl_easy_getinfo(easy_.get(), what, &value);
  return value;
}

curl_off_t CurlTransfer::large_number(CURLINFO what) const {
  curl_off_t value = 0;
  curl_easy_getinfo(easy_.get(), what, &value);
  return value;
}

Transfer CurlTransfer::facts() const {
  Transfer facts;
  const auto span = [](curl_off_t from, curl_off_t to) {
    return std::chrono::microseconds(std::max<curl_off_t>(to - from, 0));
  };
  facts.http_version = version();
  facts.connection_reused = connected_ && number(CURLINFO_NUM_CONNECTS) == 0;
  facts.bytes_sent = static_cast<std::int64_t>(body_sent_);
  facts.bytes_received = large_number(CURLINFO_SIZE_DOWNLOAD_T);
  if (!facts.connection_reused) {
    const curl_off_t named = large_number(CURLINFO_NAMELOOKUP_TIME_T),
                     made = large_number(CURLINFO_CONNECT_TIME_T);
    facts.name_lookup = span(0, named);
    facts.connect = span(named, made);
    facts.tls = span(made, large_number(CURLINFO_APPCONNECT_TIME_T));
  }
  // libcurl's own figure is the time at which a body began to go out.
  if (header_bytes_ > 0)
    facts.first_byte = std::chrono::duration_cast<std::chrono::microseconds>(first_byte_ - start_);
  facts.total = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - start_);
  return facts;
}

const char* CurlTransfer::version() const {
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

TransportFailure CurlTransfer::timed_out(TimeLimit limit) const {
  const bool by_proxy = settings_.proxy && !settings_.proxy->is_socks() && !connected_ &&
                        number(CURLINFO_HTTP_CONNECTCODE) < 200;
  return {TransportErrorKind::timeout, limit, elapsed(), connected_,
          by_proxy ? "by the proxy " + proxy_name() : std::string()};
}

// Whether what failed before the request could be sent is the proxy's. Behind a tunnel, and in that of a
// SOCKS proxy, it is the server that speaks TLS.
bool CurlTransfer::is_of_proxy(CURLcode code, bool behind_tunnel) const {
  if (!settings_.proxy || code == CURLE_OUT_OF_MEMORY) return false;
  return !(behind_tunnel || settings_.proxy->is_socks()) || kind_of(code, false) != TransportErrorKind::tls;
}

// For messages; its URL holds no password.
std::string CurlTransfer::proxy_name() const {
  return settings_.proxy->url + " of " + settings_.proxy->origin;
}

TransportErrorKind CurlTransfer::kind_of(CURLcode code, bool at_proxy) const {
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
#if LIBCURL_VERSION_NUM >= 0x080600
    case CURLE_TOO_LARGE:
      return TransportErrorKind::too_large;
#endif
    case CURLE_OUT_OF_MEMORY:
      // That is how libcurl ends at a single header of more than 100 KiB.
      if (connected_ && !headers_complete_) return TransportErrorKind::too_large;
      throw std::bad_alloc();
    default:
      if (connected_)
        return code == CURLE_SEND_ERROR ? TransportErrorKind::send : TransportErrorKind::receive;
      // Over GnuTLS, a handshake that breaks off is a failure to send or to receive.
      return settings_.tls && large_number(CURLINFO_CONNECT_TIME_T) > 0 ? TransportErrorKind::tls
                                                                        : TransportErrorKind::connect;
  }
}

// Nothing of the request has gone further, and with what it was asked the proxy will say so again, unless
// its trouble is one of time.
TransportFailure CurlTransfer::refused_by_proxy(long status) const {
  const bool passing = status == 408 || status == 429 || status >= 500;
  return {TransportErrorKind::proxy,
          {},
          elapsed(),
          /*request_may_have_arrived=*/false,
          proxy_name() + ": status " + std::to_string(status) +
              (status == 407 ? ", it wants a user and password, or others" : ""),
          !passing};
}

// Runs a callback's work, so that no exception passes through libcurl's frames.
template <class F>
std::size_t CurlTransfer::guarded(void* self, std::size_t failure, F work) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  try {
    transfer.active_ = true;
    return work(transfer);
  } catch (...) {
    transfer.exception_ = std::current_exception();
    return failure;
  }
}

int CurlTransfer::on_connected(void* self, char*, char*, int, int local_port) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (transfer.connected_) transfer.repeated_ = true;
  if (transfer.repeated_ && !transfer.request_.safe_to_repeat) return CURL_PREREQFUNC_ABORT;
  if (transfer.kept_sockets_) {
    if (transfer.number(CURLINFO_NUM_CONNECTS) > 0) {
      transfer.kept_sockets_->forget(local_port);
    } else if (transfer.kept_sockets_->has_unasked_input(local_port)) {
      transfer.met_unasked_input_ = !transfer.repeated_;
      return CURL_PREREQFUNC_ABORT;
    }
  }
  transfer.local_port_ = local_port;
  transfer.connected_ = transfer.active_ = true;
  return CURL_PREREQFUNC_OK;
}

std::size_t CurlTransfer::on_read(char* to, std::size_t size, std::size_t count, void* self) {
  return guarded(self, CURL_READFUNC_ABORT, [&](CurlTransfer& transfer) {
    const std::string_view body = transfer.request_.body;
    const std::size_t bytes = std::min(size * count, body.size() - transfer.body_sent_);
    std::memcpy(to, body.data() + transfer.body_sent_, bytes);
    transfer.body_sent_ += bytes;
    return bytes;
  });
}

#ifdef TCP_USER_TIMEOUT
int CurlTransfer::on_socket(void* self, curl_socket_t socket, curlsocktype) {
  const auto& settings = static_cast<CurlTransfer*>(self)->settings_;
  const auto most = static_cast<int>(settings.stall_timeout.count());
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &most, sizeof most);
  return CURL_SOCKOPT_OK;
}
#endif

int CurlTransfer::on_seek(void* self, curl_off_t offset, int origin) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (!transfer.request_.safe_to_repeat || origin != SEEK_SET || offset < 0 ||
      static_cast<std::size_t>(offset) > transfer.request_.body.size())
    return CURL_SEEKFUNC_FAIL;
  transfer.body_sent_ = static_cast<std::size_t>(offset);
  return CURL_SEEKFUNC_OK;
}

std::size_t CurlTransfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  const std::size_t bytes = size * count;
  return guarded(self, bytes + 1, [&](CurlTransfer& transfer) {
    if (transfer.header_bytes_ == 0) transfer.first_byte_ = SteadyClock::now();
    transfer.header_bytes_ += bytes;
    if (transfer.header_bytes_ > max_header_bytes) {
      transfer.too_large_ = true;
      return bytes + 1;
    }
    const std::string_view line(data, bytes);
    if (line.substr(0, 5) == "HTTP/")
      transfer.take_status_line(line);
    else
      transfer.take_header(line);
    return transfer.broken_ ? bytes + 1 : bytes;
  });
}

// Of each answer, also of one with a status of 1xx, whose headers do not count.
void CurlTransfer::take_status_line(std::string_view line) {
  answer_.headers.clear();
  headers_complete_ = false;
  if (kept_sockets_ && line.substr(0, 7) == "HTTP/1.") kept_sockets_->mark_unread(local_port_);
  // libcurl 8.14 reads four digits.
  const std::string_view status = trim(line.substr(std::min(line.find(' '), line.size())));
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (status.size() < 3 || status[0] < '1' || status[0] > '5' || !is_digit(status[1]) ||
      !is_digit(status[2]) || (status.size() > 3 && status[3] != ' '))
    broken_ = "its status is not a number from 100 to 599";
  else if (status.substr(0, 3) == "101")  // libcurl would wait for data of the new protocol.
    broken_ = "it changes to a protocol that nobody asked for";
}

void CurlTransfer::take_header(std::string_view line) {
  auto& headers = answer_.headers;
  if (headers_complete_) return;  // A trailer.
  const std::string_view text = trim(line);
  if (line.front() == ' ' || line.front() == '\t') {  // A header's continued line.
    if (!headers.empty() && !text.empty()) headers.back().value.append(" ").append(text);
  } else if (text.empty()) {
    headers_complete_ = true;
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    headers.push_back({std::string(trim(text.substr(0, colon))), std::string(trim(text.substr(colon + 1)))});
    if (core::same_name(headers.back().name, "content-length")) check_length();
  }
}

// libcurl takes the last of several lengths, and none for one beyond its range. Where the body ends would
// then be a guess.
void CurlTransfer::check_length() {
  const std::string& length = answer_.headers.back().value;
  if (length.empty() || length.size() > 18 || length.find_first_not_of("0123456789") != std::string::npos)
    broken_ = "its Content-Length is no length";
  else if (*core::find_header(answer_.headers, "content-length") != length)
    broken_ = "it has two lengths that differ";
}

std::size_t CurlTransfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  const std::size_t bytes = size * count;
  return guarded(self, bytes + 1, [&](CurlTransfer& transfer) {
    std::string& body = transfer.answer_.body;
    // A few bytes on the wire can unpack for seconds, all within one step of libcurl's.
    if (transfer.must_end()) return bytes + 1;
    if (bytes > transfer.settings_.max_response_bytes - body.size()) {
      transfer.too_large_ = true;
      return bytes + 1;
    }
    if (transfer.settings_.answers_are_secret)
      core::append_secret(body, std::string_view(data, bytes));
    else
      body.append(data, bytes);
    return bytes;
  });
}

}  // namespace operate::http
