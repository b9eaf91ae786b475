using System.Text;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Tests.Formats.Records;

public sealed class HostileRecordTests
{
    [Theory]
    [InlineData("""<!DOCTYPE a [<!ENTITY x "1"><!ENTITY y "&x;&x;&x;&x;">]><AuditMessage>&y;</AuditMessage>""", RejectionReason.NotXml)]
    [InlineData("""<!DOCTYPE a SYSTEM "file:///etc/passwd"><AuditMessage/>""", RejectionReason.NotXml)]
    [InlineData("""<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1/">]><AuditMessage>&x;</AuditMessage>""", RejectionReason.NotXml)]
    [InlineData("<AuditMessage>&undeclared;</AuditMessage>", RejectionReason.NotXml)]
    [InlineData("<AuditMessage><a></AuditMessage>", RejectionReason.NotXml)]
    [InlineData("<AuditMessage/><AuditMessage/>", RejectionReason.NotXml)]
    [InlineData("<a:AuditMessage/>", RejectionReason.NotXml)]
    [InlineData("<", RejectionReason.NotJson)]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf-16\"?><AuditMessage/>", RejectionReason.MissingField)]
    public void Xml_that_wants_more_than_to_be_read_is_refused(string record, RejectionReason reason) =>
        Assert.Equal(reason, Refused(record));

    [Fact]
    public void Xml_is_bounded_in_depth_and_in_nodes()
    {
        var deep = string.Concat(Enumerable.Repeat("<a>", 40)) + string.Concat(Enumerable.Repeat("</a>", 40));
        var wide = string.Concat(Enumerable.Repeat("<a/>", 30_000));

        Assert.Equal(RejectionReason.TooDeep, Refused($"<AuditMessage>{deep}</AuditMessage>"));
        Assert.Equal(RejectionReason.TooLarge, Refused($"<AuditMessage>{wide}</AuditMessage>"));
    }

    [Theory]
    [InlineData(29, true)]
    [InlineData(30, false)]
    public void The_depth_leaves_room_for_the_record_that_carries_the_original(int levels, bool isAccepted)
    {
        // The member stands on level 2 of the audit event, so its last level is 2 + levels - 1.
        var deep = string.Concat(Enumerable.Repeat("[", levels + 1)) + string.Concat(Enumerable.Repeat("]", levels + 1));
        var record = Golden("fhir/patient-read.json").TrimEnd().TrimEnd('}') + $",\"x\":{deep}}}";

        var part = Assert.Single(GoldenRecords.Read(Encoding.UTF8.GetBytes(record)));

        Assert.Equal(isAccepted ? RejectionReason.None : RejectionReason.TooDeep, part.Rejection.Reason);
    }

    [Fact]
    public void A_member_written_twice_is_refused_because_readers_disagree_about_it() =>
        Assert.Equal(RejectionReason.DuplicateField, Refused(
            Golden("fhir/patient-read.json").TrimEnd().TrimEnd('}') + ",\"outcome\":\"8\"}"));

    [Theory]
    [InlineData("\"action\": \"R\"", "\"action\": \"X\"", RejectionReason.InvalidValue)]
    [InlineData("\"outcome\": \"0\"", "\"outcome\": \"7\"", RejectionReason.InvalidValue)]
    [InlineData("\"outcome\": \"0\"", "\"outcome\": 0", RejectionReason.InvalidValue)]
    [InlineData("2026-11-21T07:00:00.000Z", "2026-11-21", RejectionReason.InvalidValue)]
    [InlineData("\"recorded\"", "\"registered\"", RejectionReason.MissingField)]
    [InlineData("\"agent\"", "\"agents\"", RejectionReason.MissingField)]
    [InlineData("\"source\": {", "\"origin\": {", RejectionReason.MissingField)]
    [InlineData("dr-17", "dr\\n17", RejectionReason.InvalidValue)]
    [InlineData("dr-17", "dr\\ud80017", RejectionReason.InvalidValue)]
    [InlineData("Patient/9f3c", "Patient/\\u202e9f3c", RejectionReason.InvalidValue)]
    public void An_audit_event_that_is_not_one_says_why(string from, string to, RejectionReason reason)
    {
        var record = Golden("fhir/patient-read.json");
        Assert.Contains(from, record, StringComparison.Ordinal);

        Assert.Equal(reason, Refused(record.Replace(from, to, StringComparison.Ordinal)));
    }

    [Fact]
    public void An_identifier_longer_than_allowed_is_refused_and_not_cut() =>
        Assert.Equal(RejectionReason.InvalidValue, Refused(
            Golden("fhir/patient-read.json").Replace("dr-17", new string('x', 600), StringComparison.Ordinal)));

    [Fact]
    public void A_query_that_is_not_base64_is_refused() =>
        Assert.Equal(RejectionReason.InvalidValue, Refused(
            Golden("fhir/query-without-patient.json").Replace("\"query\": \"", "\"query\": \"***", StringComparison.Ordinal)));

    [Fact]
    public void A_bundle_of_nothing_is_one_dead_letter() =>
        Assert.Equal(RejectionReason.MissingField, Refused("""{"resourceType":"Bundle","type":"batch","entry":[]}"""));

    [Fact]
    public void A_bundle_of_more_than_a_record_may_hold_is_refused_as_a_whole()
    {
        var entries = string.Join(',', Enumerable.Repeat("{}", RecordReader.PartsMax + 1));

        Assert.Equal(RejectionReason.TooLarge, Refused($$"""{"resourceType":"Bundle","type":"batch","entry":[{{entries}}]}"""));
    }

    [Theory]
    [InlineData(100, 100)]
    [InlineData(101, 1)]
    public void Rubbish_by_the_hundred_is_one_dead_letter(int entries, int letters)
    {
        var rubbish = string.Join(',', Enumerable.Repeat("{}", entries));

        var parts = GoldenRecords.Read(
            Encoding.UTF8.GetBytes($$"""{"resourceType":"Bundle","type":"batch","entry":[{{rubbish}}]}"""));

        Assert.Equal(letters, parts.Count);
    }

    [Fact]
    public void Several_events_of_one_record_do_not_multiply_its_bytes()
    {
        var resources = string.Join(',', Enumerable.Range(0, 1_000).Select(i => $$"""{"uid":"Observation/{{i}}","type":"Observation"}"""));
        var record = $$$"""
            {"activity_id":2,"category_uid":6,"class_uid":6003,"type_uid":600302,"severity_id":1,"time":1795244400000,
             "metadata":{"version":"1.8.0","product":{"name":"x"}},"actor":{"user":{"uid":"u"}},"api":{"operation":"read"},
             "resources":[{{{resources}}}]}
            """;

        var parts = GoldenRecords.Read(Encoding.UTF8.GetBytes(record));

        Assert.Equal(1_000, parts.Count);
        Assert.All(parts, part => Assert.True(part.IsEvent));
        Assert.True(parts.Sum(part => part.Payload.Length) < (record.Length * 2) + (1_000 * 500));
    }

    [Theory]
    [InlineData(40, 40)]
    [InlineData(1_500, 1)]
    public void A_short_record_cannot_become_a_flood(int resources, int parts)
    {
        var list = string.Join(',', Enumerable.Range(0, resources).Select(i => $$"""{"uid":"{{i}}"}"""));
        var record = $$$"""
            {"activity_id":2,"category_uid":6,"class_uid":6003,"type_uid":600302,"severity_id":1,"time":1795244400000,
             "metadata":{"version":"1.8.0","product":{"name":"x"}},"actor":{"user":{"uid":"u"}},"api":{"operation":"read"},
             "message":"{{{new string('m', 900)}}}","resources":[{{{list}}}]}
            """;

        Assert.Equal(parts, GoldenRecords.Read(Encoding.UTF8.GetBytes(record)).Count);
    }

    [Fact]
    public void A_large_envelope_is_kept_once_however_many_events_it_holds()
    {
        var bundle = Golden("fhir/bundle-of-one-query.json");
        var record = $$$"""{"specversion":"1.0","id":"1","source":"s","type":"t","note":"{{{new string('n', 50_000)}}}","data":{{{bundle}}}}""";

        var events = GoldenRecords.Read(Encoding.UTF8.GetBytes(record)).Where(part => part.IsEvent).ToList();

        Assert.True(events.Sum(part => part.Payload.Length) < record.Length + (events.Count * 6_000));
    }

    private static string Golden(string name) => GoldenRecords.Text(GoldenRecords.Bytes(name));

    private static RejectionReason Refused(string record) =>
        Assert.Single(GoldenRecords.Read(Encoding.UTF8.GetBytes(record))).Rejection.Reason;
}
