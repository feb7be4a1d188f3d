#pragma once

#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <typeinfo>

namespace operate::test {

/// The exception of exactly this type that the call throws, so that its members can be looked at. Null, with
/// a failed test, where it throws something else or nothing.
template <class E, class F>
std::shared_ptr<const E> thrown(F&& call) {
  try {
    call();
  } catch (const E& error) {
    EXPECT_EQ(typeid(error), typeid(E)) << error.what();
    return std::make_shared<E>(error);
  } catch (const std::exception& error) {
    ADD_FAILURE() << "threw something else: " << error.what();
    return nullptr;
  }
  ADD_FAILURE() << "threw nothing";
  return nullptr;
}

}  // namespace operate::test
