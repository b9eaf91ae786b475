using System.Text.Json.Nodes;
using SentinelHealth.Response.Export;
using SentinelHealth.Response.Tests.Reports;

namespace SentinelHealth.Response.Tests.Export;

public sealed class StandardsOutTests
{
    [Fact]
    public void Every_OCSF_document_keeps_the_rules_of_the_schema()
    {
        var documents = OcsfDocuments.Of(SampleCase.Dossier(10, "A reason."));

        Assert.Equal([2005, 2004, 2004, 7001], documents.Select(document => document["class_uid"]!.GetValue<int>()));
        Assert.All(documents, document => Assert.Empty(OcsfRules.Problems(document)));
    }

    [Theory]
    [InlineData("type_uid", 200402)]
    [InlineData("severity_id", 7)]
    [InlineData("activity_id", 9)]
    [InlineData("category_uid", 3)]
    [InlineData("status_id", 42)]
    public void A_document_that_breaks_the_schema_is_told(string member, int value)
    {
        var document = OcsfDocuments.Of(SampleCase.Dossier(1, "A reason."))[1];

        document[member] = value;

        Assert.NotEmpty(OcsfRules.Problems(document));
    }

    [Theory]
    [InlineData("finding_info_list")]
    [InlineData("assignee_group")]
    [InlineData("metadata")]
    [InlineData("time")]
    [InlineData("status_id")]
    public void An_incident_that_lacks_something_required_is_told(string member)
    {
        var document = OcsfDocuments.Of(SampleCase.Dossier(1, "A reason."))[0];

        document.Remove(member);

        Assert.NotEmpty(OcsfRules.Problems(document));
    }

    [Fact]
    public void A_models_alert_says_what_was_observed_and_what_was_usual()
    {
        var model = OcsfDocuments.Of(SampleCase.Dossier(1, "A reason."))[2];

        Assert.Equal("none", model["anomaly_analyses"]![0]!["anomalies"]![0]!["observations"]![0]!["value"]!.GetValue<string>());
        Assert.Equal("registered", model["anomaly_analyses"]![0]!["baselines"]![0]!["observations"]![0]!["value"]!.GetValue<string>());
    }

    [Fact]
    public void ECS_documents_have_lists_where_the_schema_has_lists()
    {
        var document = EcsDocuments.Of(SampleCase.Dossier(3, "A reason."))[0];

        Assert.Equal("alert", document["event"]!["kind"]!.GetValue<string>());
        Assert.Equal("2026-11-02T08:15:00.000Z", document["@timestamp"]!.GetValue<string>());
        Assert.All(new JsonNode?[] { document["event"]!["category"], document["event"]!["type"], document["tags"], document["related"]!["user"] },
            node => Assert.IsType<JsonArray>(node));
    }

    [Theory]
    [InlineData("a|b=c\\d", @"|a\|b=c\\d|", @"msg=a|b\=c\\d")]
    [InlineData("a\nCEF:0|x", "|a CEF:0\\|x|", "msg=a CEF:0|x")]
    public void Nothing_in_an_alert_leaves_its_field_of_a_CEF_line(string reason, string header, string message)
    {
        var line = CefLine.Of(SampleCase.Dossier(1, reason).Alerts[0], "0.1.0");

        Assert.StartsWith("CEF:0|SentinelHealth|SentinelHealth|0.1.0|node.unregistered|", line, StringComparison.Ordinal);
        Assert.Contains(header, line, StringComparison.Ordinal);
        Assert.EndsWith(message, line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void A_STIX_bundle_refers_only_to_what_it_holds_and_is_the_same_each_time()
    {
        var (one, other) = (StixBundle.Of(SampleCase.Dossier(3, "A reason.")), StixBundle.Of(SampleCase.Dossier(3, "A reason.")));
        var objects = one["objects"]!.AsArray();
        var ids = objects.Select(item => item!["id"]!.GetValue<string>()).ToHashSet();

        Assert.Equal(one.ToJsonString(), other.ToJsonString());
        Assert.Equal(objects.Count, ids.Count);
        Assert.Contains(objects, item => item!["type"]!.GetValue<string>() == "attack-pattern" && item["name"]!.GetValue<string>() == "T1199");
        foreach (var relation in objects.Where(item => item!["type"]!.GetValue<string>() == "relationship"))
        {
            Assert.Contains(relation!["source_ref"]!.GetValue<string>(), ids);
            Assert.Contains(relation["target_ref"]!.GetValue<string>(), ids);
        }
    }

    [Fact]
    public void Our_own_actions_are_FHIR_audit_events_with_their_provenance()
    {
        var bundle = FhirRecords.Of(SampleCase.Dossier(1, "A reason."));
        var resources = bundle["entry"]!.AsArray().Select(entry => entry!["resource"]!).ToList();

        Assert.Equal(["AuditEvent", "Provenance"], resources.Select(resource => resource["resourceType"]!.GetValue<string>()));
        Assert.Equal("110113", resources[0]["type"]!["code"]!.GetValue<string>());
        Assert.Equal(["SentinelHealth", "r.responder", "s.second"],
            resources[0]["agent"]!.AsArray().Select(agent => agent!["who"]!["display"]!.GetValue<string>()));
    }
}
