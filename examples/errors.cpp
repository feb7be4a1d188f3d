// Each error and what to do about it. The first clause that fits is taken, so the special ones come first.
#include <iostream>
#include <operate/operate.hpp>

int main() {
  try {
    const auto client = operate::Client::from_environment();
    std::cout << client.companies().list().size() << " companies\n";
    return 0;
  } catch (const operate::ConfigError& error) {
    std::cerr << "Mend the setting " << error.setting() << ": " << error.what() << '\n';
  } catch (const operate::ValidationError& error) {
    std::cerr << "A mistake in the program, in " << error.field() << ": " << error.what() << '\n';
  } catch (const operate::AuthenticationError& error) {
    // Also as MissingApiKeyError, InvalidApiKeyError and PermissionDeniedError.
    std::cerr << "Tell whoever looks after the keys: " << error.what() << '\n';
  } catch (const operate::RateLimitError& error) {
    const auto wait = error.retry_after().value_or(std::chrono::minutes(1));
    std::cerr << "Come back in " << wait.count() << " ms: " << error.what() << '\n';
  } catch (const operate::ApiError& error) {
    std::cerr << "The API refused, with the status " << error.status() << ": " << error.what() << '\n';
    std::cerr << "Its reason, which may name people: " << error.message() << '\n';
  } catch (const operate::TimeoutError& error) {
    // The server asks this client to stay away for longer than the call had; nothing was sent.
    if (const auto wait = error.retry_after()) std::cerr << "Come back in " << wait->count() << " ms. ";
    std::cerr << "Too slow, after " << error.elapsed().count() << " ms: " << error.what() << '\n';
  } catch (const operate::TransportError& error) {
    std::cerr << "The network, after " << error.attempts().size() << " attempts: " << error.what() << '\n';
  } catch (const operate::DecodeError& error) {
    std::cerr << "Not what the API documents; is there a proxy in between? " << error.what() << '\n';
  } catch (const operate::Error& error) {
    std::cerr << error.report() << '\n';  // All that a ticket needs, without keys and personal data.
  }
  return 1;
}
