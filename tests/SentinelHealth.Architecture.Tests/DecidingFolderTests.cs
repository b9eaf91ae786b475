using System.Xml.Linq;

namespace SentinelHealth.Architecture.Tests;

public sealed class DecidingFolderTests
{
    /// <summary>Folders that decide and do nothing else: time, chance and I/O reach them as arguments.</summary>
    private static readonly string[] Deciding =
    [
        "Events", "Formats", "Simulation", "Features", "Baselines", "Detectors", "Calibration", "Rules", "Correlation",
        "Policy", "Approvals", "Evidence", "Incidents", "Compliance", "Queries", "Triage",
    ];

    private static readonly string[] Modules = ["Ingest", "Detection", "Response"];

    private static EditorConfig Config => new(Repository.File(".editorconfig").Lines);

    private static IEnumerable<RepositoryFile> DecidingFiles =>
        from module in Modules
        from file in Repository.Under($"src/{module}")
        where file.Name.EndsWith(".cs", StringComparison.Ordinal)
        where module == "Detection" || (file.Path.Split('/') is { Length: > 3 } parts && Deciding.Contains(parts[2]))
        select file;

    [Fact]
    public void Every_deciding_file_is_under_the_banned_api_analyzer_as_an_error() =>
        Findings.None(
            from file in DecidingFiles
            let severity = Config.Value(file.Path, "dotnet_diagnostic.RS0030.severity")
            where severity != "error"
            select $"{file.Path}: RS0030 is {severity ?? "not set"}",
            "A deciding folder is missing from .editorconfig.");

    [Theory]
    [InlineData("Ingest", "Events,Formats,Simulation")]
    [InlineData("Detection", "Features,Baselines,Detectors,Calibration,Rules,Correlation,Alerts,Snapshots")]
    [InlineData("Response", "Policy,Approvals,Evidence,Incidents,Compliance,Queries,Triage")]
    public void A_new_file_in_a_deciding_folder_would_be_held_too(string module, string folders) =>
        Assert.All(folders.Split(','), folder =>
            Assert.Equal("error", Config.Value($"src/{module}/{folder}/NewFile.cs", "dotnet_diagnostic.RS0030.severity")));

    [Fact]
    public void Folders_that_touch_the_world_are_not_held() =>
        Assert.Equal("none", Config.Value("src/Ingest/Sources/FileSource.cs", "dotnet_diagnostic.RS0030.severity"));

    [Fact]
    public void Nobody_switches_the_ban_off_in_a_file() =>
        Findings.None(
            Findings.InLines(
                Repository.Under("src").Where(file => file.Name.EndsWith(".cs", StringComparison.Ordinal)),
                line => line.Contains("RS0030", StringComparison.Ordinal)),
            "The ban is lifted nowhere; pass time, chance or bytes in instead.");

    [Theory]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("P:System.DateTimeOffset.UtcNow")]
    [InlineData("P:System.TimeProvider.System")]
    [InlineData("P:System.Random.Shared")]
    [InlineData("M:System.Random.#ctor")]
    [InlineData("M:System.Guid.NewGuid")]
    [InlineData("T:System.IO.File")]
    [InlineData("T:System.Net.Http.HttpClient")]
    [InlineData("T:System.Environment")]
    [InlineData("T:System.Console")]
    public void The_ban_covers_clocks_chance_and_the_outside_world(string symbol) =>
        Assert.Contains(Repository.File("src/BannedSymbols.txt").Lines, line => line.StartsWith(symbol + ";", StringComparison.Ordinal));

    [Fact]
    public void Every_product_project_carries_the_analyzer_and_its_list()
    {
        var groups = XDocument.Parse(Repository.File("Directory.Build.props").Text).Descendants("ItemGroup")
            .Where(group => group.Attribute("Condition")?.Value == "$(MSBuildProjectDirectory.Contains('/src/'))").ToList();

        Assert.Contains(groups.Descendants("PackageReference"), item => item.Attribute("Include")?.Value == "Microsoft.CodeAnalysis.BannedApiAnalyzers");
        Assert.Contains(groups.Descendants("AdditionalFiles"), item => item.Attribute("Include")!.Value.EndsWith("BannedSymbols.txt", StringComparison.Ordinal));
    }
}
