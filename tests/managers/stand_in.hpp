#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace httplib {
class Server;
struct Request;
struct Response;
}  // namespace httplib

namespace operate::test {

/// Doppler, Infisical and AWS as far as a key is concerned, on 127.0.0.1: written from what the vendors' own
/// clients send and take, and used by those of the first two as well (`./dev managers`). It believes AWS's
/// signatures, which aws_server.py checks.
class ManagerStandIn {
 public:
  // What is right; anything else is refused as the vendors do.
  static constexpr const char* doppler_token = "dp.st.prd.0SENTINELdopplerToken9";
  static constexpr const char* client_id = "5e2f7c1a-identity";
  static constexpr const char* client_secret = "SENTINEL\"client\\Secret0123456789";
  static constexpr const char* access_token = "eyJ.SENTINELaccessToken.0123456789";

  // AWS's; the second is a temporary one, with a token, that the container and the instance give.
  static constexpr const char* aws_key_id = "AKIASENTINELPLAIN";
  static constexpr const char* aws_secret_key = "SENTINELplainSecret/0123456789";
  static constexpr const char* aws_temporary_key_id = "ASIASENTINELTEMPORARY";
  static constexpr const char* aws_session_token = "SENTINELsessionToken/0123456789==";
  static constexpr const char* container_token = "SENTINELtask0123456789";

  /// Behind each answer stand so many blanks.
  explicit ManagerStandIn(std::string key, std::size_t padding = 0);
  ~ManagerStandIn();
  ManagerStandIn(const ManagerStandIn&) = delete;
  ManagerStandIn& operator=(const ManagerStandIn&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  void put(std::string key);
  /// The next requests get this instead, one each.
  void answer_next(int status, std::string body, int times = 1);
  /// `METHOD target` of each request, in order.
  std::vector<std::string> requests() const;
  /// The headers of the last request: `name: value` lines.
  std::string last_headers() const;

 private:
  struct Answer {
    int status;
    std::string body;
  };
  bool note(const httplib::Request& request, httplib::Response& response);
  void doppler(const httplib::Request& request, httplib::Response& response);
  void login(const httplib::Request& request, httplib::Response& response);
  void infisical(const httplib::Request& request, httplib::Response& response);
  void aws(const httplib::Request& request, httplib::Response& response);
  void container(const httplib::Request& request, httplib::Response& response);
  void instance(const httplib::Request& request, httplib::Response& response);
  std::string key() const;

  mutable std::mutex mutex_;
  std::string key_;
  std::vector<Answer> next_;
  std::vector<std::string> requests_;
  std::string last_headers_;
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace operate::test
