//! The languages whose code is told apart, one in a line: names | signs of a comment to the line's end | of
//! one with an end | quotes | keywords.
//!
//! Quotes are letters: d `"`, s `'`, b a backquote, D and S three of the first two, c `'` around one character.
//! Behind ^ stand the keywords of another line too; keywords in capitals count in any case.
//! `golden/clients/code.json` holds every client to the same table. This file does not know how it is used.

/// A language: what its cells hold.
pub(super) struct Language {
    pub(super) line: Vec<&'static str>,
    pub(super) block: Option<(&'static str, &'static str)>,
    pub(super) quotes: Vec<&'static str>,
    pub(super) keywords: Vec<&'static str>,
    pub(super) is_any_case: bool,
}

/// The language of a name.
pub(super) fn named(name: &str) -> Option<Language> {
    let [_, line, block, quotes, keywords] = cells(name)?;
    let quotes: Vec<_> = quotes.split_whitespace().collect();
    (!quotes.is_empty()).then(|| Language {
        line: line.split_whitespace().collect(),
        block: block.split_once(' '),
        quotes,
        keywords: words(keywords),
        is_any_case: keywords.starts_with(|c: char| c.is_ascii_uppercase()),
    })
}

fn words(keywords: &'static str) -> Vec<&'static str> {
    let of = |word: &'static str| match word.strip_prefix('^') {
        Some(other) => cells(other).map_or_else(Vec::new, |[.., keywords]| words(keywords)),
        None => vec![word],
    };
    keywords.split_whitespace().flat_map(of).collect()
}

fn cells(name: &str) -> Option<[&'static str; 5]> {
    let is_named = |line: &&str| {
        line.split('|').next().is_some_and(|names| names.split(' ').any(|one| one == name))
    };
    let line = LANGUAGES.lines().find(is_named)?;
    let mut cells = line.split('|');
    Some([(); 5].map(|()| cells.next().unwrap_or_default()))
}

/// The table; the browser client has the same.
pub(super) const LANGUAGES: &str = "\
curly||||abstract break case catch class const continue default do else enum extends false final finally for if implements import interface new null private protected public return static super switch this throw true try var void while yield
javascript js jsx mjs|//|/* */|d s b|^curly async await delete export from function get in instanceof let of set typeof undefined
typescript ts tsx|//|/* */|d s b|^javascript any as boolean declare keyof namespace never number readonly string type unknown
java|//|/* */|D d s|^curly assert boolean byte char double float int instanceof long package record sealed short synchronized throws
c# cs csharp|//|/* */|D d s|^curly as async await base bool byte char decimal delegate double float foreach get in int internal is long namespace object out override params readonly record ref sealed set string struct using virtual when where
kotlin kt kts|//|/* */|D d s|^curly as by companion constructor data fun in init inline internal is lateinit object open override package sealed suspend typealias val when
dart|//|/* */|D S d s|^curly as async await bool double dynamic extension factory get in int is late mixin on required set throws typedef with
php|// #|/* */|d s|^curly and array as clone echo elseif fn foreach function global include instanceof match namespace not or print readonly require require_once trait use
swift|//|/* */|D d|^curly actor as async await defer extension fileprivate func guard in init inout internal is lazy let mutating nil open override protocol repeat self Self some struct throws typealias weak where
rust rs|//|/* */|d c|as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while
go golang|//|/* */|d s b|bool break byte case chan const continue default defer else error fallthrough false for func go goto if import int interface map nil package range return select string struct switch true type var
c h|//|/* */|d s|auto bool break case char const continue default define do double else endif enum extern false float for goto if ifdef ifndef include inline int long NULL return short signed sizeof static struct switch true typedef undef union unsigned void volatile while
c++ cpp cc cxx hpp|//|/* */|d s|^c catch class constexpr decltype delete explicit final friend mutable namespace new noexcept nullptr operator override private protected public template this throw try typename using virtual
python py python3|#||D S d s|and as assert async await break case class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return self True try while with yield
ruby rb|#||d s|alias and begin break case class def do else elsif end ensure false for if in module next nil not or private raise require rescue retry return self super then true unless until when while yield
lua|--|--[[ ]]|d s|and break do else elseif end false for function goto if in local nil not or repeat return self then true until while
shell sh bash zsh|#||d s|break case cd continue do done echo elif else esac exec exit export false fi for function if in local read return set shift then trap true until while
sql mysql postgres postgresql sqlite|--|/* */|d s b|ADD ALTER AND AS ASC BY CASE CREATE DEFAULT DELETE DESC DISTINCT DROP ELSE END EXISTS FALSE FOREIGN FROM GROUP HAVING IN INDEX INNER INSERT INT INTO IS JOIN KEY LEFT LIKE LIMIT NOT NULL OFFSET ON OR ORDER PRIMARY REFERENCES RETURNING SELECT SET TABLE THEN TRUE UNION UNIQUE UPDATE USING VALUES WHEN WHERE WITH
html xml svg||<!-- -->|d s|
css scss|//|/* */|d s|font-face import important keyframes layer media supports
json jsonc json5|//|/* */|d s|true false null
yaml yml|#||d s|true false null
toml ini|# ;||D S d s|true false
";
