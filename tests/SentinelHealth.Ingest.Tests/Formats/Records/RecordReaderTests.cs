using System.Text;
using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.CloudEvents;
using SentinelHealth.Ingest.Formats.Records;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Formats.Records;

public sealed class RecordReaderTests
{
    [Fact]
    public void A_native_record_is_handed_on_as_it_is()
    {
        var record = Some.LedgerTransactionJson(("id", "t-1"));

        var part = Assert.Single(GoldenRecords.Read(record));

        Assert.Equal(("t-1", ""), (part.Id, part.Within));
        Assert.True(part.Payload.Span == record.AsSpan());
    }

    [Theory]
    [InlineData("fhir/patient-read.json", "fhir.r4.AuditEvent")]
    [InlineData("fhir/r5-read.json", "fhir.r5.AuditEvent")]
    [InlineData("ocsf/api-denied-delete.json", "ocsf.6003")]
    [InlineData("ocsf/datastore-decrypt.json", "ocsf.6005")]
    [InlineData("ocsf/authentication-logon.json", "ocsf.3002")]
    [InlineData("ocsf/user-access-revoke.json", "ocsf.3005")]
    [InlineData("ecs/dotted.json", "ecs")]
    [InlineData("evm/paused.json", "evm.log")]
    [InlineData("dicom/patient-record.xml", "dicom.AuditMessage")]
    [InlineData("syslog/dicom.txt", "dicom.AuditMessage")]
    [InlineData("cloudevents/base64.json", "ecs")]
    public void The_format_is_told_by_content_alone(string name, string format)
    {
        var part = Assert.Single(GoldenRecords.Read(GoldenRecords.Bytes(name)));

        using var document = JsonDocument.Parse(part.Payload);
        Assert.Equal(format, document.RootElement.GetProperty("format").GetString());
    }

    [Fact]
    public void Nested_and_dotted_documents_of_one_content_give_one_event()
    {
        static string Fields(string name)
        {
            var described = GoldenRecords.Describe(GoldenRecords.Read(GoldenRecords.Bytes(name)));
            return described;
        }

        Assert.Equal(Fields("ecs/nested.json"), Fields("ecs/dotted.json"));
    }

    [Theory]
    [InlineData("""{"schema":"sentinel.ledger-transaction.v1","id":"x"}""", RejectionReason.MissingField)]
    [InlineData("""{"schema":"sentinel.ledger-transaction.v1","id":"x","resourceType":"AuditEvent"}""", RejectionReason.MissingField)]
    [InlineData("""{"a":1}""", RejectionReason.UnknownSchema)]
    [InlineData("""[{"schema":"sentinel.ledger-transaction.v1"}]""", RejectionReason.NotJson)]
    [InlineData("""{"a":""", RejectionReason.NotJson)]
    [InlineData("", RejectionReason.NotJson)]
    public void A_record_of_no_other_format_is_refused_as_a_native_one(string record, RejectionReason reason)
    {
        Assert.Equal(reason, Assert.Single(GoldenRecords.Read(Encoding.UTF8.GetBytes(record))).Rejection.Reason);
    }

    [Fact]
    public void Source_and_destination_change_places_between_a_read_and_a_search()
    {
        // In both the client is myMachine; in the read it is the destination of the data, in the search the source.
        Assert.All(["fhir/patient-read.json", "fhir/patient-query-client.json", "fhir/r5-query.json", "fhir/r5-read.json"], name =>
        {
            var decoded = Some.Decoded(Assert.Single(GoldenRecords.Read(GoldenRecords.Bytes(name))).Payload);
            Span<byte> buffer = stackalloc byte[64];
            Assert.Equal("myMachine.example.org", Encoding.UTF8.GetString(decoded.ArgText("client"u8, buffer)));
            Assert.Equal("Device/ehr", Encoding.UTF8.GetString(decoded.ArgText("server"u8, buffer)));
        });
    }

    [Fact]
    public void One_search_with_many_patients_is_one_event_and_repeats_of_it()
    {
        var parts = GoldenRecords.Read(GoldenRecords.Bytes("fhir/bundle-of-one-query.json"));

        Assert.Equal(3, parts.Count(part => part.IsEvent));
        Assert.Single(parts.Where(part => part.IsEvent).Select(part => part.Id).Distinct());
        Assert.Equal(
            ["Bundle.entry[3]", "Bundle.entry[4]", "Bundle.entry[5]", "Bundle.entry[6]"],
            parts.Where(part => !part.IsEvent).Select(part => part.Within));
    }

    [Theory]
    [InlineData("2026-11-21T07:00:00.000Z", "2026-11-21T07:01:00.000Z")]
    [InlineData("dr-17", "dr-18")]
    [InlineData("R0VUIGh0dHA6Ly9laHIuZXhhbXBsZS5vcmcv", "R0VUIGh0dHA6Ly9laHIuZXhhbXBsZS5vcmdx")]
    public void A_client_that_repeats_its_request_identifier_cannot_hide_another_act(string from, string to)
    {
        var record = GoldenRecords.Text(GoldenRecords.Bytes("fhir/patient-query-client.json"));
        Assert.Contains(from, record, StringComparison.Ordinal);

        var first = Assert.Single(GoldenRecords.Read(Encoding.UTF8.GetBytes(record)));
        var second = Assert.Single(GoldenRecords.Read(
            Encoding.UTF8.GetBytes(record.Replace(from, to, StringComparison.Ordinal))));

        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public void Headers_of_binary_mode_become_attributes_and_the_body_the_content()
    {
        KeyValuePair<string, string>[] headers =
            [new("CE-SpecVersion", "1.0"), new("ce-id", "7"), new("ce-source", "/a%20b"), new("ce-type", "t"), new("host", "x")];

        var joined = CloudEventBinding.Join(
            headers, CloudEventBinding.HttpPrefix, "application/json", GoldenRecords.Bytes("ecs/nested.json"));
        var part = Assert.Single(GoldenRecords.Read(joined));

        using var document = JsonDocument.Parse(part.Payload);
        var envelope = document.RootElement.GetProperty("envelope");
        Assert.Equal("/a b", envelope.GetProperty("source").GetString());
        Assert.False(envelope.TryGetProperty("host", out _));
    }

    [Theory]
    [InlineData("""{"a":1},"id":"other","data":{}""")]
    [InlineData("<AuditMessage/>")]
    [InlineData("{")]
    public void A_body_cannot_add_attributes_of_its_own(string body)
    {
        KeyValuePair<string, string>[] headers =
            [new("ce_specversion", "1.0"), new("ce_id", "7"), new("ce_source", "a"), new("ce_type", "t"), new("ce_data", "x")];

        var joined = CloudEventBinding.Join(headers, CloudEventBinding.KafkaPrefix, null, Encoding.UTF8.GetBytes(body))!;

        using var document = JsonDocument.Parse(joined, new() { AllowDuplicateProperties = false });
        Assert.Equal("7", document.RootElement.GetProperty("id").GetString());
        Assert.Equal(body, Encoding.UTF8.GetString(document.RootElement.GetProperty("data_base64").GetBytesFromBase64()));
    }

    [Fact]
    public void Headers_without_a_version_are_no_cloud_event() =>
        Assert.Null(CloudEventBinding.Join([new("ce-id", "7")], CloudEventBinding.HttpPrefix, null, "{}"u8));
}
