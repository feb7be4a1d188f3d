// The stand-in as a program, for the vendors' own clients: prints where it is and with what it is used, and
// serves until it is killed.
#include "managers/stand_in.hpp"

#include <unistd.h>

#include <iostream>

int main() {
  using operate::test::ManagerStandIn;
  const ManagerStandIn manager("the-key-in-the-manager");
  std::cout << "SITE=" << manager.url() << "\nDOPPLER_TOKEN=" << ManagerStandIn::doppler_token
            << "\nINFISICAL_CLIENT_ID=" << ManagerStandIn::client_id
            << "\nINFISICAL_CLIENT_SECRET=" << ManagerStandIn::client_secret << std::endl;
  pause();
}
