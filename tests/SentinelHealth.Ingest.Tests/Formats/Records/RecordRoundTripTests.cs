using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Formats.Records;

/// <summary>Records written from generated values are read back as these values.</summary>
public sealed class RecordRoundTripTests
{
    private static readonly Config Hundreds = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20261121UL, 1UL);

    private static Gen<string> Word => Gen.Choose(1, 24).SelectMany(length =>
        Gen.Elements("abcdefghijklmnopqrstuvwxyz0123456789-._ÄéЖ中😀".EnumerateRunes().Select(rune => rune.ToString()).ToArray())
            .ArrayOf(length).Select(string.Concat));

    private static Gen<DateTimeOffset> Instant =>
        Gen.Choose(0, int.MaxValue).Select(seconds => DateTimeOffset.UnixEpoch.AddSeconds(1_000_000_000L + seconds));

    private static Gen<Act> Acts =>
        from actor in Word
        from patient in Word
        from record in Word
        from system in Word
        from purpose in Gen.Elements("TREAT", "ETREAT", "BTG", "HPAYMT", "HRESCH")
        from at in Instant
        from fails in Gen.Elements(true, false)
        from id in Word
        select new Act(id, actor, patient, record, system, purpose, at, fails);

    [Fact]
    public void An_audit_event_is_read_as_it_was_written() => Hold(act => Part(new JsonObject
    {
        ["resourceType"] = "AuditEvent",
        ["id"] = act.Id,
        ["type"] = new JsonObject { ["code"] = "rest" },
        ["subtype"] = new JsonArray(new JsonObject { ["code"] = "read" }),
        ["action"] = "R",
        ["recorded"] = Written(act.At),
        ["outcome"] = act.Fails ? "8" : "0",
        ["purposeOfEvent"] = new JsonArray(new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["code"] = act.Purpose }) }),
        ["agent"] = new JsonArray(new JsonObject
        {
            ["who"] = new JsonObject { ["identifier"] = new JsonObject { ["value"] = act.Actor } },
            ["requestor"] = true,
        }),
        ["source"] = new JsonObject { ["observer"] = new JsonObject { ["display"] = act.System } },
        ["entity"] = new JsonArray(
            new JsonObject { ["what"] = new JsonObject { ["reference"] = "Patient/" + act.Patient } },
            new JsonObject { ["what"] = new JsonObject { ["reference"] = "Observation/" + act.Record } }),
    }), hasPatient: true);

    [Fact]
    public void An_api_activity_is_read_as_it_was_written() => Hold(act => Part(new JsonObject
    {
        ["activity_id"] = 2,
        ["category_uid"] = 6,
        ["class_uid"] = 6003,
        ["type_uid"] = 600302,
        ["severity_id"] = 1,
        ["time"] = act.At.ToUnixTimeMilliseconds(),
        ["metadata"] = new JsonObject
        {
            ["version"] = "1.8.0",
            ["uid"] = act.Id,
            ["product"] = new JsonObject { ["name"] = act.System },
        },
        ["actor"] = new JsonObject { ["user"] = new JsonObject { ["uid"] = act.Actor } },
        ["api"] = new JsonObject { ["operation"] = "read" },
        ["status_id"] = act.Fails ? 2 : 1,
        ["resources"] = new JsonArray(
            new JsonObject { ["uid"] = "Patient/" + act.Patient }, new JsonObject { ["uid"] = "Observation/" + act.Record }),
    }), hasPatient: true);

    [Fact]
    public void A_document_is_read_as_it_was_written_nested_or_dotted() => Hold(act =>
    {
        var nested = Part(new JsonObject
        {
            ["@timestamp"] = Written(act.At),
            ["event"] = new JsonObject
            {
                ["id"] = act.Id,
                ["action"] = "read",
                ["category"] = new JsonArray("database"),
                ["type"] = new JsonArray("access"),
                ["outcome"] = act.Fails ? "failure" : "success",
            },
            ["user"] = new JsonObject { ["id"] = act.Actor },
            ["service"] = new JsonObject { ["name"] = act.System },
            ["url"] = new JsonObject { ["path"] = "Observation/" + act.Record },
            ["SentinelHealth"] = new JsonObject
            {
                ["subject"] = new JsonObject { ["ref_hash"] = "patient:" + act.Patient },
                ["purpose"] = act.Purpose,
            },
        });
        var dotted = Part(new JsonObject
        {
            ["@timestamp"] = Written(act.At),
            ["event.id"] = act.Id,
            ["event.action"] = "read",
            ["event.category"] = new JsonArray("database"),
            ["event.type"] = new JsonArray("access"),
            ["event.outcome"] = act.Fails ? "failure" : "success",
            ["user.id"] = act.Actor,
            ["service.name"] = act.System,
            ["url.path"] = "Observation/" + act.Record,
            ["SentinelHealth.subject.ref_hash"] = "patient:" + act.Patient,
            ["SentinelHealth.purpose"] = act.Purpose,
        });
        Assert.Equal(nested.TextOf(TextField.Id), dotted.TextOf(TextField.Id));
        Assert.Equal(nested.OccurredAt, dotted.OccurredAt);
        return dotted;
    }, hasPatient: true);

    [Fact]
    public void Whatever_lies_in_a_cloud_event_is_read_as_if_it_lay_alone()
    {
        var names = GoldenRecords.Names.Where(name => name.EndsWith(".json", StringComparison.Ordinal)
            && !name.StartsWith("cloudevents/", StringComparison.Ordinal)).ToArray();
        Prop.ForAll(Gen.Elements(names).ToArbitrary(), Word.ToArbitrary(), (name, id) =>
        {
            var alone = GoldenRecords.Read(GoldenRecords.Bytes(name));
            var envelope = new JsonObject
            {
                ["specversion"] = "1.0",
                ["id"] = id,
                ["source"] = "s",
                ["type"] = "t",
                ["data"] = JsonNode.Parse(GoldenRecords.Bytes(name)),
            };
            var wrapped = GoldenRecords.Read(JsonSerializer.SerializeToUtf8Bytes(envelope));
            Assert.Equal(alone.Select(part => part.Rejection.Reason), wrapped.Select(part => part.Rejection.Reason));
            Assert.Equal(alone.Where(part => part.IsEvent).Select(Who), wrapped.Where(part => part.IsEvent).Select(Who));
        }).Check(Hundreds);
    }

    private static (string Actor, string Subject, string Method, DateTimeOffset At) Who(
        SentinelHealth.Ingest.Formats.Records.RecordPart part)
    {
        var decoded = Some.Decoded(part.Payload);
        return (decoded.TextOf(TextField.Actor), decoded.TextOf(TextField.Subject),
            decoded.TextOf(TextField.Method), decoded.OccurredAt);
    }

    private static void Hold(Func<Act, SentinelEvent> read, bool hasPatient) => Prop.ForAll(Acts.ToArbitrary(), act =>
    {
        var decoded = read(act);
        Assert.Equal("user:" + act.Actor, decoded.TextOf(TextField.Actor));
        Assert.Equal("system:" + act.System, decoded.TextOf(TextField.Node));
        Assert.Equal(hasPatient ? "patient:" + act.Patient : "", decoded.TextOf(TextField.Subject));
        Assert.Equal(act.At, decoded.OccurredAt);
        Assert.Equal(act.Fails ? "reverted" : "success", decoded.TextOf(TextField.Status));
        Assert.Equal("recordAccess", decoded.TextOf(TextField.Method));
        if (decoded.Has(TextField.Purpose))
            Assert.Equal(act.Purpose, decoded.TextOf(TextField.Purpose));
        Span<byte> buffer = stackalloc byte[256];
        Assert.Equal("Observation/" + act.Record, System.Text.Encoding.UTF8.GetString(decoded.ArgText("recordId"u8, buffer)));
    }).Check(Hundreds);

    private static SentinelEvent Part(JsonObject record) =>
        Some.Decoded(Assert.Single(GoldenRecords.Read(JsonSerializer.SerializeToUtf8Bytes(record))).Payload);

    private static string Written(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null);

    private sealed record Act(
        string Id, string Actor, string Patient, string Record, string System, string Purpose, DateTimeOffset At, bool Fails);
}
