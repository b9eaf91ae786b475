using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using SentinelHealth.Dashboard.Hosting;

namespace SentinelHealth.Architecture.Tests;

/// <summary>Containers cannot be run where the tests run, so what their files name is held against what the code knows.</summary>
public sealed partial class ContainerTests
{
    private static IEnumerable<ComposeService> Products => ComposeFile.Services.Where(service => service.IsProduct);

    private static string Dockerfile => Repository.File("Dockerfile").Text;

    [Fact]
    public void Every_image_is_pinned()
    {
        var bases = FromLine().Matches(Dockerfile).Select(match => match.Groups["image"].Value);

        Assert.All(ComposeFile.Services.Select(service => service.Image).Concat(bases), image =>
        {
            Assert.Matches(@"^[a-z0-9./-]+:[0-9][\w.-]*$", image);
            Assert.DoesNotContain("latest", image, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_network_has_four_validators_and_a_signer()
    {
        var network = ComposeFile.Services.Where(service => service.Profiles.Contains("network")).Select(service => service.Name).ToList();

        Assert.Equal(4, network.Count(name => name.StartsWith("besu-", StringComparison.Ordinal)));
        Assert.Contains("web3signer", network);
        Assert.Contains("\"count\": 4", Repository.File("deploy/qbft.json").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_search_profile_searches_in_the_engine_that_it_starts()
    {
        var service = Assert.Single(Products, service => service.Profiles.Contains("search"));
        var (settings, _) = SettingsCheck.Read<SentinelSettings>(Configuration(service), SentinelSettings.Section);
        var address = Assert.Single(settings!.Search.ToOptions()!.Addresses);

        Assert.Equal(["search"], ComposeFile.Services.Single(other => other.Name == address.Host).Profiles);
        Assert.Equal(9200, address.Port);
    }

    [Fact]
    public void Every_variable_is_one_that_somebody_reads() =>
        Findings.None(
            from service in ComposeFile.Services
            from name in service.Environment.Keys
            where !IsKnownVariable(service, name)
            select $"{service.Name}: {name}",
            "docker-compose.yml sets a variable that its container does not know.");

    [Fact]
    public void The_product_finds_no_problem_in_the_settings_it_is_given() =>
        Assert.All(Products, service =>
        {
            var (settings, problems) = SettingsCheck.Read<SentinelSettings>(Configuration(service), SentinelSettings.Section);

            Assert.Empty(problems);
            Assert.NotNull(settings);
        });

    [Fact]
    public void A_variable_the_product_does_not_know_would_be_found()
    {
        var misspelled = new Dictionary<string, string?> { ["SentinelHealth:Ledger:Knid"] = "Evm" };

        var (_, problems) = SettingsCheck.Read<SentinelSettings>(
            new ConfigurationBuilder().AddInMemoryCollection(misspelled).Build(), SentinelSettings.Section);

        Assert.Equal("SentinelHealth:Ledger:Knid", Assert.Single(problems).Key);
    }

    [Fact]
    public void The_network_profile_contains_on_the_network()
    {
        var service = Assert.Single(Products, service => service.Profiles.Contains("network"));
        var (settings, _) = SettingsCheck.Read<SentinelSettings>(Configuration(service), SentinelSettings.Section);

        Assert.Equal(LedgerKind.Evm, settings!.Ledger.Kind);
        Assert.Equal("web3signer", settings.Ledger.Evm!.Endpoint!.Host);
        Assert.Equal("besu-1", Assert.Single(settings.Sources.Evm).Endpoint!.Host);
    }

    [Fact]
    public void The_kafka_profile_reads_writes_and_keeps_its_log_in_the_cluster_that_makes_the_topics()
    {
        var service = Assert.Single(Products, service => service.Profiles.Contains("kafka"));
        var (settings, _) = SettingsCheck.Read<SentinelSettings>(Configuration(service), SentinelSettings.Section);

        Assert.Equal("kafka:9092", settings!.Kafka!.BootstrapServers);
        Assert.Equal(LogKind.Kafka, settings.Log.Kind);
        var setup = string.Join(' ', ComposeFile.Services.Single(other => other.Name == "kafka-topics").Command);
        Assert.All(
            (string[])
            [
                .. settings.Sources.Kafka.SelectMany(source => source.Topics), settings.Log.Kafka.Topic,
                settings.Publish.AlertsTopic, settings.Publish.ActionsTopic, settings.Publish.DeadLettersTopic,
            ],
            topic => Assert.Contains($" {topic} ", setup, StringComparison.Ordinal));
    }

    [Fact]
    public void The_cluster_has_every_role_over_one_log_and_one_database()
    {
        var cluster = Products.Where(service => service.Profiles.Contains("cluster")).ToList();
        var roles = cluster.Select(service => service.Command).ToList();

        Assert.All(roles, command => Assert.Equal(["serve", "--data", "/data", "--roles"], command.Take(4)));
        Assert.Equal(["ingest,detect", "ingest,detect", "respond,dashboard", "respond,dashboard"], roles.Select(command => command[4]).Order());
        Assert.Equal(cluster.Count, cluster.SelectMany(service => service.Volumes).Count(volume => volume.EndsWith(":/data", StringComparison.Ordinal)));
        Assert.Equal(cluster.Count, cluster.SelectMany(service => service.Volumes).Where(volume => volume.EndsWith(":/data", StringComparison.Ordinal)).Distinct().Count());
        var (settings, _) = SettingsCheck.Read<SentinelSettings>(Configuration(cluster[0]), SentinelSettings.Section);
        Assert.All(cluster, service => Assert.Equal(cluster[0].Environment, service.Environment));
        Assert.Equal(LogKind.Kafka, settings!.Log.Kind);
        var database = new System.Data.Common.DbConnectionStringBuilder
        {
            ConnectionString = settings.Storage.Postgres.ConnectionString,
        };
        var server = ComposeFile.Services.Single(service => service.Name == (string)database["Host"]);
        Assert.Equal((server.Environment["POSTGRES_DB"], server.Environment["POSTGRES_USER"], server.Environment["POSTGRES_PASSWORD"]),
            ((string)database["Database"], (string)database["Username"], (string)database["Password"]));
        // Whatever they reach is started with them.
        Assert.All(["kafka", "kafka-topics", "postgres", "web3signer", "network-setup", "besu-1", "besu-2", "besu-3", "besu-4"],
            name => Assert.Contains("cluster", ComposeFile.Services.Single(service => service.Name == name).Profiles));
    }

    [Fact]
    public void The_product_is_reached_on_the_port_it_listens_on() =>
        Assert.All(Products, service =>
        {
            var port = new Uri(service.Environment["SENTINELHEALTH__Web__Urls__0"]).Port;
            Assert.All(service.Ports, mapping => Assert.EndsWith($":{port}", mapping, StringComparison.Ordinal));
            Assert.Contains($"EXPOSE {port}", Dockerfile, StringComparison.Ordinal);
            Assert.Contains($"/dev/tcp/127.0.0.1/{port} ", Dockerfile, StringComparison.Ordinal);
        });

    [Fact]
    public void Nothing_is_published_beyond_this_machine() =>
        Assert.All(
            ComposeFile.Services.SelectMany(service => service.Ports),
            mapping => Assert.StartsWith("127.0.0.1:", mapping, StringComparison.Ordinal));

    [Fact]
    public void Every_address_leads_to_a_service_that_listens_there() =>
        Assert.All(
            from service in Products
            from value in service.Environment.Values
            where Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme == "http" && uri.Host != "0.0.0.0"
            select new Uri(value),
            address =>
            {
                var service = Assert.Single(ComposeFile.Services, service => service.Name == address.Host);
                var listens = service.Name.StartsWith("besu-", StringComparison.Ordinal)
                    ? Repository.File("deploy/validator.sh").Text
                    : string.Join(' ', service.Command.Concat(service.Environment.Select(pair => $"-{pair.Key.Replace('.', '-')}={pair.Value}")));
                Assert.Matches($@"-port={address.Port}\b", listens);
            });

    [Fact]
    public void The_product_runs_without_rights_on_a_read_only_system()
    {
        Assert.Contains("\nUSER 1654:1654\n", Dockerfile, StringComparison.Ordinal);
        Assert.All(Products, service =>
        {
            Assert.Equal("true", service.Values["read_only"]);
            Assert.Equal(["ALL"], (IEnumerable<object>)service.Values["cap_drop"]);
            Assert.Contains(service.Volumes, volume => volume.EndsWith(":/data", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Every_volume_and_mounted_file_exists() =>
        Findings.None(
            from service in ComposeFile.Services
            from volume in service.Volumes
            let source = volume.Split(':')[0]
            let exists = source.StartsWith('.')
                ? Path.Exists(Path.Combine(Repository.Root, source)) : ComposeFile.Volumes.Contains(source)
            where !exists
            select $"{service.Name}: {volume}",
            "docker-compose.yml mounts something that is not there.");

    [Fact]
    public void The_image_takes_only_files_that_exist()
    {
        var copied = CopyLine().Matches(Dockerfile).SelectMany(match => match.Groups["files"].Value.Split(' ')[..^1]).ToList();

        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
        Assert.All(
            Repository.File(".dockerignore").Lines.Where(line => line.StartsWith('!')),
            line => Assert.True(Path.Exists(Path.Combine(Repository.Root, line[1..])), line));
    }

    [Fact]
    public void No_key_is_kept_with_the_files() =>
        Findings.None(
            Findings.InLines(
                Repository.Under("deploy").Append(Repository.File("docker-compose.yml")).Where(file => file.Name != "qbft.json"),
                line => Key().IsMatch(line)),
            "Keys are made where they are used.");

    /// <summary>What the product would read: double underscores are colons, and accounts come from the reader's .env file.</summary>
    private static IConfiguration Configuration(ComposeService service) =>
        new ConfigurationBuilder().AddInMemoryCollection(service.Environment.ToDictionary(
            pair => pair.Key.Replace("__", ":", StringComparison.Ordinal),
            pair => pair.Value.StartsWith("${", StringComparison.Ordinal) ? (string?)("0x" + new string('1', 40)) : pair.Value)).Build();

    private static bool IsKnownVariable(ComposeService service, string name) => service.Name switch
    {
        "postgres" => name is "POSTGRES_USER" or "POSTGRES_DB" or "POSTGRES_PASSWORD",
        "kafka" => name.StartsWith("KAFKA_", StringComparison.Ordinal),
        "elasticsearch" => name is "discovery.type" or "http.port" or "xpack.security.enabled" or "ES_JAVA_OPTS",
        _ => service.IsProduct && name.StartsWith("SENTINELHEALTH__", StringComparison.Ordinal),
    };

    [GeneratedRegex(@"^FROM\s+(?<image>\S+)", RegexOptions.Multiline)]
    private static partial Regex FromLine();

    [GeneratedRegex(@"^COPY (?!--)(?<files>.+)$", RegexOptions.Multiline)]
    private static partial Regex CopyLine();

    [GeneratedRegex("[0-9a-fA-F]{64}")]
    private static partial Regex Key();
}
