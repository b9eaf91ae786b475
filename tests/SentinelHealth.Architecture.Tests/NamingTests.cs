using System.Text.RegularExpressions;

namespace SentinelHealth.Architecture.Tests;

public sealed partial class NamingTests
{
    /// <summary>Words that say nothing about what is inside.</summary>
    private static readonly string[] EmptyWords = ["Util", "Utils", "Utilities", "Helper", "Helpers", "Common", "Manager", "Managers", "Misc"];

    [Fact]
    public void No_folder_is_named_with_an_empty_word() =>
        Findings.None(
            Repository.Files.Select(file => file.Folder).Distinct()
                .Where(folder => folder.Split('/').Any(part => EmptyWords.Contains(part) || part == "Interfaces")),
            "A folder is named for what is in it.");

    [Fact]
    public void No_type_is_named_with_an_empty_word() =>
        Findings.None(
            Findings.InLines(Repository.CSharp, line =>
                TypeName().Match(line) is { Success: true } type && EmptyWords.Any(word => type.Groups["name"].Value.EndsWith(word, StringComparison.Ordinal))),
            "A type is named for what it is or does.");

    [Fact]
    public void A_namespace_is_the_project_and_the_folder() =>
        Findings.None(
            from file in Repository.CSharp
            let written = Namespace().Match(file.Text)
            where written.Success && written.Groups["name"].Value != ExpectedNamespace(file)
            select $"{file.Path}: {written.Groups["name"].Value}, expected {ExpectedNamespace(file)}",
            "Namespace = project + folder.");

    [Fact]
    public void Product_files_without_a_namespace_are_entry_points_only() =>
        Findings.None(
            from file in Repository.Under("src")
            where file.Name.EndsWith(".cs", StringComparison.Ordinal) && !Namespace().IsMatch(file.Text)
            where file.Name is not ("Program.cs" or "GlobalUsings.cs" or "AssemblyInfo.cs")
            select file.Path,
            "Every type has a namespace.");

    [Fact]
    public void An_interface_is_not_the_shadow_of_one_class()
    {
        var types = Repository.CSharp.SelectMany(file => file.Lines).Where(line => TypeName().IsMatch(line)).ToList();
        var names = types.Select(line => TypeName().Match(line).Groups["name"].Value).ToHashSet();

        Findings.None(
            from name in names
            where name.Length > 2 && name[0] == 'I' && char.IsUpper(name[1]) && names.Contains(name[1..])
            where types.Count(line => Regex.IsMatch(line, $@"[:,]\s*{name}\b")) < 2
            select name,
            "An interface is a role with at least two implementations, counting a test's fake.");
    }

    private static string ExpectedNamespace(RepositoryFile file)
    {
        var parts = file.Folder.Split('/');
        // src/Ingest/Events → SentinelHealth.Ingest.Events; tests and benchmarks carry the prefix in their folder's name.
        var project = parts[0] == "src" ? $"SentinelHealth.{parts[1]}" : parts[1];
        return string.Join('.', parts[2..].Prepend(project));
    }

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|static|sealed|abstract|partial|readonly|ref|file|unsafe|new)\s+)*(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?)\s+(?<name>[A-Za-z_]\w*)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)\s*[;{]?", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
