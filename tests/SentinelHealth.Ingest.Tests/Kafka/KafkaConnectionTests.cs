using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Kafka;

public sealed class KafkaConnectionTests
{
    private static readonly KafkaConnection Plain = new() { BootstrapServers = "broker:9092" };

    [Fact]
    public void A_password_comes_from_its_file_without_the_line_break()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("password"), "s3cret\n");
        var connection = Plain with
        {
            Security = KafkaSecurity.SaslTls,
            User = "sentinel",
            Password = new SecretPlace { File = folder.File("password") },
        };

        var config = KafkaClients.Member(connection, "group", "");

        Assert.Equal("s3cret", config.SaslPassword);
        Assert.Equal(SecurityProtocol.SaslSsl, config.SecurityProtocol);
        Assert.Equal(SaslMechanism.ScramSha512, config.SaslMechanism);
        Assert.Equal(SslEndpointIdentificationAlgorithm.Https, config.SslEndpointIdentificationAlgorithm);
        Assert.DoesNotContain("s3cret", connection.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_place_is_named_and_nothing_of_it_quoted()
    {
        var fault = Assert.Throws<InvalidDataException>(() => new SecretPlace { Variable = "SENTINEL_TEST_ABSENT" }.Read());

        Assert.Contains("SENTINEL_TEST_ABSENT", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_reads_committed_records_moves_step_by_step_and_commits_only_what_it_is_told()
    {
        var config = KafkaClients.Member(Plain, "group", "node-1");

        Assert.Equal(IsolationLevel.ReadCommitted, config.IsolationLevel);
        Assert.Equal(PartitionAssignmentStrategy.CooperativeSticky, config.PartitionAssignmentStrategy);
        Assert.False(config.EnableAutoOffsetStore);
        Assert.Equal("node-1", config.GroupInstanceId);
    }

    [Fact]
    public void The_producer_repeats_without_doubling_and_waits_for_all_replicas()
    {
        var config = KafkaClients.Producer(Plain);

        Assert.True(config.EnableIdempotence);
        Assert.Equal(Acks.All, config.Acks);
        Assert.Equal(0, config.MessageTimeoutMs);
    }

    public static TheoryData<string, KafkaConnection> Contradictions => new()
    {
        { "no brokers", new KafkaConnection() },
        { "no port", new KafkaConnection { BootstrapServers = "broker" } },
        { "SASL without a user", Plain with { Security = KafkaSecurity.SaslTls } },
        { "a user without SASL", Plain with { User = "sentinel" } },
        { "a certificate without a key", Plain with { Security = KafkaSecurity.Tls, CertificateFile = "client.pem" } },
        { "certificates without TLS", Plain with { CaFile = "ca.pem" } },
        { "a secret in two places", Plain with { Security = KafkaSecurity.SaslTls, User = "s", Password = new() { File = "f", Variable = "v" } } },
    };

    [Theory]
    [MemberData(nameof(Contradictions), DisableDiscoveryEnumeration = true)]
    public void What_contradicts_itself_is_refused(string what, KafkaConnection connection)
    {
        Assert.NotEmpty(what);
        Assert.Throws<ValidationException>(
            () => Validator.ValidateObject(connection, new ValidationContext(connection), validateAllProperties: true));
    }
}
