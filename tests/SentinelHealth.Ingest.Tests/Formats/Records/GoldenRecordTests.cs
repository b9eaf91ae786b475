using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Formats.Records;

public sealed class GoldenRecordTests
{
    public static TheoryData<string> Names => [.. GoldenRecords.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_record_of_the_standards_becomes_the_events_it_should(string name)
    {
        var described = GoldenRecords.Describe(GoldenRecords.Read(GoldenRecords.Bytes(name)));
        if (Environment.GetEnvironmentVariable("SENTINEL_APPROVE") == "1")
            File.WriteAllText(GoldenRecords.ExpectedPath(name), described);

        Assert.Equal(File.ReadAllText(GoldenRecords.ExpectedPath(name)), described);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_event_can_be_decoded_and_carries_its_identifier(string name)
    {
        Assert.All(GoldenRecords.Read(GoldenRecords.Bytes(name)).Where(part => part.IsEvent), part =>
            Assert.Equal(part.Id, Some.Decoded(part.Payload).TextOf(TextField.Id)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Reading_the_same_record_again_gives_the_same_bytes(string name)
    {
        var record = GoldenRecords.Bytes(name);

        Assert.Equal(
            GoldenRecords.Read(record).Select(part => GoldenRecords.Text(part.Payload)),
            GoldenRecords.Read(record).Select(part => GoldenRecords.Text(part.Payload)));
    }

    [Theory]
    [InlineData("fhir/patient-read.json")]
    [InlineData("ocsf/datastore-decrypt.json")]
    [InlineData("ecs/nested.json")]
    [InlineData("evm/erc20-transfer.json")]
    public void The_original_is_kept_byte_for_byte(string name)
    {
        var record = GoldenRecords.Bytes(name);
        var native = Assert.Single(GoldenRecords.Read(record)).Payload;

        using var document = JsonDocument.Parse(native);
        Assert.Equal(GoldenRecords.Text(record).Trim(), document.RootElement.GetProperty("original").GetRawText());
    }

    [Fact]
    public void An_original_that_is_no_json_is_kept_as_a_text()
    {
        var record = GoldenRecords.Bytes("dicom/patient-record.xml");
        var native = Assert.Single(GoldenRecords.Read(record)).Payload;

        using var document = JsonDocument.Parse(native);
        Assert.Equal(GoldenRecords.Text(record), document.RootElement.GetProperty("original").GetString());
    }
}
