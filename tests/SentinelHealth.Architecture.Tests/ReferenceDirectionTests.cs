using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SentinelHealth.Architecture.Tests;

public sealed class ReferenceDirectionTests
{
    /// <summary>The house, left to right: each project sees only those before it.</summary>
    private static readonly string[] Order = ["Ingest", "Detection", "Response", "Dashboard"];

    [Fact]
    public void There_are_four_product_projects_one_per_folder() =>
        Assert.Equal(
            Order.Select(name => $"src/{name}/SentinelHealth.{name}.csproj").Order(StringComparer.Ordinal),
            Repository.Under("src").Select(file => file.Path).Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)));

    [Theory]
    [InlineData("Ingest", "")]
    [InlineData("Detection", "Ingest")]
    [InlineData("Response", "Detection")]
    [InlineData("Dashboard", "Response")]
    public void A_project_references_only_its_neighbour_to_the_left(string project, string expected)
    {
        var references = ProjectReferences(Repository.File($"src/{project}/SentinelHealth.{project}.csproj"));

        Assert.Equal(expected, string.Join(' ', references));
    }

    [Fact]
    public void Nothing_in_the_product_references_tests_or_benchmarks() =>
        Findings.None(
            from file in Repository.Under("src").Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal))
            from reference in ProjectReferences(file)
            where !Order.Contains(reference)
            select $"{file.Path}: {reference}",
            "A product project references something outside src.");

    [Theory]
    [InlineData("Ingest")]
    [InlineData("Detection")]
    [InlineData("Response")]
    public void Sources_name_no_namespace_to_their_right(string project)
    {
        var forbidden = Order[(Array.IndexOf(Order, project) + 1)..];
        var arrow = new Regex($@"\bSentinelHealth\.({string.Join('|', forbidden)})\b");

        Findings.None(
            Findings.InLines(
                Repository.CSharp.Where(file => file.Path.StartsWith($"src/{project}/", StringComparison.Ordinal)),
                line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && arrow.IsMatch(line)),
            "References point one way: Dashboard → Response → Detection → Ingest.");
    }

    private static IEnumerable<string> ProjectReferences(RepositoryFile project) =>
        from reference in XDocument.Parse(project.Text).Descendants("ProjectReference")
        let path = reference.Attribute("Include")!.Value.Replace('\\', '/')
        select Path.GetFileNameWithoutExtension(path).Replace("SentinelHealth.", "", StringComparison.Ordinal);
}
