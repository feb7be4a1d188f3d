#!/usr/bin/env perl
# snippets_test.pl SOURCE: every block of C++ or CMake in the README and below docs/ stands, line for line, in a file
# that the tests compile and run. Only the indentation may differ.
use strict;
use warnings;

chdir shift or die;
my %files = (cpp => [glob("examples/*.cpp tests/install/stranger/*.?pp")], cmake => ["tests/install/stranger/CMakeLists.txt"]);

sub lines_of {
  my ($file) = @_;
  open my $handle, '<', $file or die "$file: $!";
  return map { s/\s+$//r } <$handle>;
}
sub flat { return join "\n", map { s/^\s+//r } @_; }

my ($blocks, $bad) = (0, 0);
for my $page ("README.md", "CONTRIBUTING.md", glob("docs/*.md docs/*/*.md")) {
  my ($language, $begin, @block);
  my $number = 0;
  for my $line (lines_of($page)) {
    ++$number;
    if (!defined $language && $line =~ /^\s*```(\w*)/) {
      ($language, $begin, @block) = ($1, $number);
    } elsif (defined $language && $line =~ /^\s*```$/) {
      if (my $sources = $files{$language}) {
        ++$blocks;
        my $text = "\n" . flat(@block) . "\n";
        if (!grep { index("\n" . flat(lines_of($_)) . "\n", $text) >= 0 } @$sources) {
          print "$page:$begin: this block stands in none of: @$sources\n";
          ++$bad;
        }
      } elsif ($language =~ /^(c|cc|c\+\+|hpp|)$/) {
        print "$page:$begin: a block of no language, or of C++ by another name; say cpp, cmake, console, json or text\n";
        ++$bad;
      }
      undef $language;
    } elsif (defined $language) {
      push @block, $line;
    }
  }
}
print "$blocks blocks of code stand in compiled files.\n" if !$bad;
exit($bad || $blocks < 3 ? 1 : 0);
