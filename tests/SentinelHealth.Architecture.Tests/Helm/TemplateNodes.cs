using System.Text.RegularExpressions;

namespace SentinelHealth.Architecture.Tests.Helm;

/// <summary>A piece of a template.</summary>
internal abstract record TemplateNode;

/// <summary>Text that stands for itself.</summary>
internal sealed record TextNode(string Text) : TemplateNode;

/// <summary>An expression whose value is written.</summary>
internal sealed record ActionNode(string Expression) : TemplateNode;

/// <summary><c>if</c>, <c>range</c> or <c>define</c> with what is in it and behind its <c>else</c>.</summary>
internal sealed record BlockNode(string Keyword, string Head, List<TemplateNode> Body, List<TemplateNode> Otherwise)
    : TemplateNode;

/// <summary>Reads the part of Go's template language that the chart uses; whatever else stands in it is refused, not skipped.</summary>
internal static partial class TemplateParser
{
    private static readonly string[] Blocks = ["if", "range", "define"];

    /// <exception cref="FormatException">A block is not closed, or a word is not known here.</exception>
    public static List<TemplateNode> Parse(string text)
    {
        var root = new BlockNode("", "", [], []);
        var open = new Stack<(BlockNode Block, bool IsElse)>([(root, false)]);
        var at = 0;
        foreach (Match action in Action().Matches(text))
        {
            var before = text[at..action.Index];
            at = action.Index + action.Length;
            Add(open.Peek(), new TextNode(Trimmed(before, text, action)));
            var code = action.Groups["code"].Value.Trim();
            if (!code.StartsWith("/*", StringComparison.Ordinal))
                Take(open, code);
            // A dash at the end takes the white space that follows.
            if (action.Groups["after"].Success)
                at += text[at..].TakeWhile(char.IsWhiteSpace).Count();
        }
        Add(open.Peek(), new TextNode(text[at..]));
        return open.Count == 1 ? root.Body : throw new FormatException($"{open.Peek().Block.Keyword} {open.Peek().Block.Head} is not closed.");
    }

    private static string Trimmed(string before, string text, Match action) =>
        action.Groups["before"].Success ? before.TrimEnd() : before;

    private static void Take(Stack<(BlockNode Block, bool IsElse)> open, string code)
    {
        var keyword = code.Split(' ', 2)[0];
        if (Blocks.Contains(keyword))
        {
            var block = new BlockNode(keyword, code[keyword.Length..].Trim(), [], []);
            Add(open.Peek(), block);
            open.Push((block, false));
        }
        else if (code == "else")
            open.Push((open.Pop().Block, true));
        else if (code == "end")
            open.Pop();
        else if (keyword is "with" or "template" or "block" or "else")
            throw new FormatException($"{{{{ {code} }}}} is not known here.");
        else
            Add(open.Peek(), new ActionNode(code));
    }

    private static void Add((BlockNode Block, bool IsElse) place, TemplateNode node) =>
        (place.IsElse ? place.Block.Otherwise : place.Block.Body).Add(node);

    [GeneratedRegex(@"\{\{(?<before>-)?\s*(?<code>(?:""(?:\\.|[^""])*""|/\*.*?\*/|[^""])*?)\s*(?<after>-)?\}\}", RegexOptions.Singleline)]
    private static partial Regex Action();
}
