using System.Text.Json;
using System.Xml.Linq;

namespace SentinelHealth.Architecture.Tests;

public sealed class BuildFileTests
{
    private static IEnumerable<RepositoryFile> Projects => Repository.Files.Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal));

    private static XDocument Packages => XDocument.Parse(Repository.File("Directory.Packages.props").Text);

    [Fact]
    public void Every_package_says_why_it_is_here()
    {
        var unexplained = new List<string>();
        var isExplained = false;
        foreach (var node in Packages.Descendants("ItemGroup").SelectMany(group => group.Nodes()))
        {
            // One comment may stand above several packages of one purpose.
            if (node is XComment comment)
                isExplained = comment.Value.Trim().Length > 10 || comment.Value.Trim().EndsWith('.');
            else if (node is XElement package && !isExplained)
                unexplained.Add(package.Attribute("Include")!.Value);
        }

        Findings.None(unexplained, "Every package in Directory.Packages.props stands under a comment.");
    }

    [Fact]
    public void Versions_are_exact_and_live_in_one_file()
    {
        Assert.All(Packages.Descendants("PackageVersion"), package => Assert.Matches(@"^\d+\.\d+\.\d+$", package.Attribute("Version")!.Value));
        Findings.None(
            from project in Projects
            from reference in XDocument.Parse(project.Text).Descendants("PackageReference")
            where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
            select $"{project.Path}: {reference.Attribute("Include")?.Value}",
            "Package versions live in Directory.Packages.props.");
    }

    [Fact]
    public void Every_pinned_package_is_used()
    {
        var used = Projects.Append(Repository.File("Directory.Build.props"))
            .SelectMany(file => XDocument.Parse(file.Text).Descendants("PackageReference"))
            .Select(reference => reference.Attribute("Include")?.Value).ToHashSet();

        Findings.None(
            Packages.Descendants("PackageVersion").Select(package => package.Attribute("Include")!.Value).Where(name => !used.Contains(name)),
            "A package nobody references is removed.");
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.File("SentinelHealth.sln").Text.Replace('\\', '/');

        Findings.None(
            Projects.Select(file => file.Path).Where(path => !solution.Contains(path, StringComparison.Ordinal)),
            "A project is missing from SentinelHealth.sln.");
    }

    [Theory]
    [InlineData("TreatWarningsAsErrors", "true")]
    [InlineData("Nullable", "enable")]
    [InlineData("AnalysisLevel", "latest-recommended")]
    [InlineData("EnforceCodeStyleInBuild", "true")]
    [InlineData("NuGetAuditMode", "all")]
    public void The_build_is_strict(string property, string value) =>
        Assert.Equal(value, XDocument.Parse(Repository.File("Directory.Build.props").Text).Descendants(property).Single().Value);

    [Theory]
    [InlineData("Ingest")]
    [InlineData("Detection")]
    [InlineData("Response")]
    public void The_libraries_may_not_leave_a_public_member_undocumented(string module) =>
        Assert.DoesNotContain("CS1591", Repository.File($"src/{module}/SentinelHealth.{module}.csproj").Text, StringComparison.Ordinal);

    /// <summary>npm leaves out platforms that its registry did not have on the day, and then refuses its own lock file elsewhere.</summary>
    [Fact]
    public void The_lock_file_of_the_contracts_knows_every_platform()
    {
        using var document = JsonDocument.Parse(Repository.File("contracts/package-lock.json").Text);
        var packages = document.RootElement.GetProperty("packages").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value);

        Findings.None(
            from package in packages.Values
            where package.TryGetProperty("optionalDependencies", out _)
            from dependency in package.GetProperty("optionalDependencies").EnumerateObject()
            where !packages.ContainsKey($"node_modules/{dependency.Name}")
            select dependency.Name,
            "contracts/package-lock.json names an optional package without an entry: npm ci will refuse it.");
    }

    [Theory]
    [InlineData("test")]
    [InlineData("build-librdkafka")]
    [InlineData(".ci/run")]
    public void The_scripts_can_be_run(string path)
    {
        var fullPath = Repository.File(path).FullPath;

        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(fullPath).HasFlag(UnixFileMode.UserExecute));
    }
}
