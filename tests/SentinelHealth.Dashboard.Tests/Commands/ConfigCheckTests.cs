using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Commands;

public sealed class ConfigCheckTests
{
    [Theory]
    [InlineData("""{"SentinelHealth":{"Web":{"Ulrs":["http://x"]}}}""", "SentinelHealth:Web:Ulrs")]
    [InlineData("""{"SentinelHealth":{"Wbe":{}, "Web":{"x":1}}}""", "SentinelHealth:Web:x")]
    [InlineData("""{"SentinelHealth":{"Web":{"RequestsPerSecondMax":"many"}}}""", "SentinelHealth:Web:RequestsPerSecondMax")]
    [InlineData("""{"SentinelHealth":{"Web":{"RequestsPerSecondMax":0}}}""", "SentinelHealth:Web:RequestsPerSecondMax")]
    [InlineData("""{"SentinelHealth":{"Web":{"RequestsPerSecondMax":{"a":1}}}}""", "SentinelHealth:Web:RequestsPerSecondMax")]
    [InlineData("""{"SentinelHealth":{"Web":{"Urls":"http://127.0.0.1"}}}""", "SentinelHealth:Web:Urls")]
    [InlineData("""{"SentinelHealth":{"Web":{"Urls":["ftp://127.0.0.1"]}}}""", "SentinelHealth:Web:Urls")]
    [InlineData("""{"SentinelHealth":{"Ledger":{"Kind":"Paper"}}}""", "SentinelHealth:Ledger:Kind")]
    [InlineData("""{"SentinelHealth":{"Ledger":{"Kind":"Evm"}}}""", "SentinelHealth:Ledger:Evm")]
    [InlineData("""{"SentinelHealth":{"Sources":{"Files":[{"Name":"a b","Path":"x"}]}}}""", "SentinelHealth:Sources:Files:0:Name")]
    [InlineData("""{"SentinelHealth":{"Sources":{"Files":[{"Name":"a"}]}}}""", "SentinelHealth:Sources:Files:0:Path")]
    [InlineData("""{"SentinelHealth":{"Sources":{"Files":[{"Name":"a","Path":"x"},{"Name":"a","Path":"y"}]}}}""", "SentinelHealth:Sources:Files")]
    [InlineData("""{"SentinelHealth":{"Sources":{"Evm":[{"Name":"a","DeploymentFile":"x"}]}}}""", "SentinelHealth:Sources:Evm:0:Endpoint")]
    [InlineData("""{"SentinelHealth":{"Log":{"Kind":"Kafka"}}}""", "SentinelHealth:Kafka")]
    [InlineData("""{"SentinelHealth":{"Sources":{"Kafka":[{"Name":"a"}]}}}""", "SentinelHealth:Kafka")]
    [InlineData("""{"SentinelHealth":{"Publish":{"AlertsTopic":"alerts"}}}""", "SentinelHealth:Kafka")]
    [InlineData("""{"SentinelHealth":{"Kafka":{"BootstrapServers":"no port"}}}""", "SentinelHealth:Kafka:BootstrapServers")]
    [InlineData("""{"SentinelHealth":{"Kafka":{"BootstrapServers":"b:1","Password":"hunter2"}}}""", "SentinelHealth:Kafka:Password")]
    [InlineData("""{"SentinelHealth":{"Kafka":{"BootstrapServers":"b:1","Security":"SaslTls"}}}""", "SentinelHealth:Kafka:User")]
    [InlineData("""{"SentinelHealth":{"Kafka":{"BootstrapServers":"b:1"},"Sources":{"Kafka":[{"Name":"a b"}]}}}""", "SentinelHealth:Sources:Kafka:0:Name")]
    [InlineData("""{"SentinelHealth":{"Ledger":{"Embedded":{"NodeShareMax":1.5}}}}""", "SentinelHealth:Ledger:Embedded:NodeShareMax")]
    [InlineData("""{"SentinelHealth":{"Ledger":{"Evm":{"ValidatorNodes":"node:a"}}}}""", "SentinelHealth:Ledger:Evm:ValidatorNodes")]
    [InlineData("""{"SentinelHealth":{"Ledger":{"Evm":{"ValidatorNodes":{"0x1":{"a":"b"}}}}}}""", "SentinelHealth:Ledger:Evm:ValidatorNodes:0x1")]
    public async Task A_problem_is_named_by_its_key(string settings, string key)
    {
        var run = await CheckAsync(settings);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(run.Output.Split('\n'), line => line.StartsWith(key + ": ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_unknown_key_is_named_at_once()
    {
        var run = await CheckAsync("""{"SentinelHealth":{"Wbe":{"a":1},"Ledgr":{"b":1}}}""");

        Assert.Equal(2, run.Output.TrimEnd('\n').Split('\n').Length);
    }

    [Fact]
    public async Task A_secret_in_a_wrong_place_is_not_printed()
    {
        var run = await CheckAsync("""{"SentinelHealth":{"Web":{"RequestsPerSecondMax":"hunter2"}}}""");

        Assert.DoesNotContain("hunter2", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_others_are_left_alone()
    {
        var run = await CheckAsync("""{"Kestrel":{"Limits":{}},"SentinelHealth":{"Web":{"Urls":["https://0.0.0.0:8443"]}}}""");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    /// <summary>Keys of such groups are the operator's own: the check must not take them for misspelled settings.</summary>
    [Fact]
    public async Task Groups_whose_keys_are_names_and_lists_of_groups_are_taken()
    {
        const string account = "0x1000000000000000000000000000000000000001";
        var run = await CheckAsync($$"""
            {"SentinelHealth":{"Ledger":{"Kind":"Evm","Evm":{
              "Endpoint":"http://127.0.0.1:8545","DeploymentFile":"deployment.json",
              "AutomationAccount":"{{account}}","RestorerAccount":"0x1000000000000000000000000000000000000002",
              "ValidatorNodes":{"{{account}}":"node:hospital-a-1","0x1000000000000000000000000000000000000003":"node:hospital-b-1"},
              "Permissioning":{"Validators":["http://127.0.0.1:8546"],
                "Nodes":[{"Id":"node:hospital-a-1","Enode":"enode://ab@10.0.0.1:30303"}]
              } } } } }
            """);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_file_that_is_not_json_is_unreadable_input()
    {
        var run = await CheckAsync("{ \"SentinelHealth\": ");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("settings.json", run.Error, StringComparison.Ordinal);
    }

    private static async Task<CommandRun> CheckAsync(string settings)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("settings.json"), settings);
        return await CommandRun.OfAsync("config", "check", "--config", folder.File("settings.json"));
    }
}
