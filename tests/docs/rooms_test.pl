#!/usr/bin/env perl
# rooms_test.pl SOURCE: no room includes one that stands below it in the table of docs/architecture.md, only src/http
# includes libcurl, and every row of the table of endpoints has a method, a test, an example, a page and a source, every error
# class a section in docs/errors.md, and every test that SECURITY.md names is one.
use strict;
use warnings;

chdir shift or die;
sub text_of {
  my ($file) = @_;
  local $/;
  open my $handle, '<', $file or die "$file: $!";
  return <$handle>;
}
my $bad = 0;
sub complain { print "@_\n"; ++$bad; }

my @rooms = text_of("docs/architecture.md") =~ /^\| `src\/(\w+)` \|/mg;
my %place = map { $rooms[$_] => $_ } 0 .. $#rooms;
for my $folder (grep { -d } glob("src/*")) {
  my ($room) = $folder =~ /(\w+)$/;
  complain("$folder is not in the table of docs/architecture.md") if !exists $place{$room};
  for my $file (glob("$folder/*.?pp")) {
    my $text = text_of($file);
    for my $header ($text =~ /^\s*#\s*include\s+"(\w+\/\w+\.hpp)"/mg) {
      my ($included) = $header =~ /^(\w+)/;
      # The test kit writes down what the library would show, by the same list, and replaces files alike.
      next if $included eq $room || $room eq 'testing' && $header =~ /^(core\/base64|core\/headers|observe\/replace_file)\.hpp$/;
      complain("$file includes $included, which stands below $room or nowhere")
        if !exists $place{$included} || $place{$included} > $place{$room} || $room eq 'testing';
    }
    complain("$file includes libcurl") if $room ne 'http' && $text =~ /^\s*#\s*include\s*<curl\//m;
  }
}
for my $file (glob("include/operate/*.hpp include/operate/*/*.hpp")) {
  next if $file =~ m{/(json|resource)\.hpp$};    # The two that are opt-in.
  complain("$file includes a third party's header") if text_of($file) =~ /^\s*#\s*include\s*<(curl|nlohmann|httplib|openssl)/m;
}

my @rows = text_of("src/core/endpoint.hpp") =~ /^\s*\{("[^}]*)\},\s*$/mg;
my $tests = join '', map { text_of($_) } glob("tests/wire/*.cpp");
my $examples = join '', map { text_of($_) } glob("examples/*.cpp");
my $page = text_of("docs/api.md");
for my $row (@rows) {
  my ($method, $path, $list_key, $call, $documentation) = $row =~ /"((?:[^"\\]|\\.)*)"/g;
  my ($resource, $name) = $call =~ /^(\w+)\(\)\.(\w+)$/ or complain("$path: $call is no call such as companies().list");
  complain("$path: include/operate/$resource.hpp has no method $name") if text_of("include/operate/$resource.hpp") !~ /\b$name\(/;
  complain("$path: no test in tests/wire calls $call") if $tests !~ /\b$resource(\(\))?\.$name\(/;
  complain("$path: no example calls $call") if $examples !~ /\b$resource(\(\))?\.$name\(/;
  complain("$path: docs/api.md has no line with $method $path and $call")
    if $page !~ /^.*\Q$call\E\(.*\Q$method $path\E/m;
  complain("$path: nothing says where it is documented") if !$documentation;
}
my $errors = text_of("docs/errors.md");
for my $class (text_of("src/core/error.cpp") =~ /^OPERATE_ERROR_CLASS\((\w+)\)/mg) {
  complain("docs/errors.md has no section on $class, to which error.report() links")
    if $class ne 'Error' && $errors !~ /^## \Q$class\E$/m;
}
my $all_tests = join '', map { text_of($_) } glob("tests/*/*_test.cpp");
my @shown = text_of("SECURITY.md") =~ /`(\w+Test(?:\.\w+)?)`/g;
for my $test (@shown) {
  my ($suite, $case) = split /\./, $test;
  my $name = defined $case ? qr/\($suite,\s+$case\)/ : qr/\($suite,/;
  complain("SECURITY.md names $test, which is no test") if $all_tests !~ /TEST(_F|_P)?$name/;
}
complain("SECURITY.md names no tests.") if @shown < 10;
complain("The table of endpoints has no rows that this test can read.") if @rows < 2;
print scalar(@rooms), " rooms and ", scalar(@rows), " endpoints are in order.\n" if !$bad;
exit($bad ? 1 : 0);
