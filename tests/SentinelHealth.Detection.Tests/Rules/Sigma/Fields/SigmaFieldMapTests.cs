using System.Text;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Tests.Rules.Sigma.Fields;

public class SigmaFieldMapTests
{
    private const string Start =
        """logsource: {product: windows, category: process_creation}, detection: {s: {Image|endswith: '\whoami.exe', CommandLine|contains: ' /all'}, condition: s}""";

    [Theory]
    [InlineData("sentinel", """{"schema":"sentinel.biometric-query.v1","id":"x"}""")]
    [InlineData("windows", """{"Event":{"System":{}}}""")]
    [InlineData("windows", """{"@timestamp":"2026-01-01T00:00:00Z","winlog":{"event_id":1}}""")]
    [InlineData("windows", """{"EventID":1,"Channel":"Security"}""")]
    [InlineData("ecs", """{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":["process"]}}""")]
    [InlineData("ocsf", """{"activity_id":1,"class_uid":1007}""")]
    [InlineData("fhir", """{"resourceType":"AuditEvent","recorded":"2026-01-01T00:00:00Z"}""")]
    [InlineData("plain", """{"eventName":"ConsoleLogin","schema":"another"}""")]
    [InlineData("plain", """[1,2]""")]
    [InlineData("plain", """{"Event""")]
    public void The_map_is_chosen_by_the_outermost_members(string name, string json) =>
        Assert.Equal(name, SigmaFieldMap.For(Encoding.UTF8.GetBytes(json)).Name);

    [Theory]
    [InlineData("""{"Event":{"System":{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1},"EventData":{"Image":"C:\\whoami.exe","CommandLine":"whoami /all"}}}""")]
    [InlineData("""{"Event":{"System":{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":{"#text":1,"#attributes":{"Qualifiers":0}}},"EventData":{"Data":[{"#attributes":{"Name":"Image"},"#text":"C:\\whoami.exe"},{"#attributes":{"Name":"CommandLine"},"#text":"whoami /all"}]}}}""")]
    [InlineData("""{"Event":{"System":{"Channel":"Security","EventID":"4688"},"EventData":{"Data":[{"@Name":"Image","#text":"C:\\whoami.exe"},{"@Name":"CommandLine","#text":"whoami /all"}]}}}""")]
    [InlineData("""{"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":"1","event_data":{"Image":"C:\\whoami.exe","CommandLine":"whoami /all"}}}""")]
    [InlineData("""{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Image":"C:\\whoami.exe","CommandLine":"whoami /all"}""")]
    [InlineData("""{"EventId":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Payload":"{\"EventData\":{\"Data\":[{\"@Name\":\"Image\",\"#text\":\"C:\\\\whoami.exe\"},{\"@Name\":\"CommandLine\",\"#text\":\"whoami /all\"}]}}"}""")]
    [InlineData("""{"@timestamp":"2026-01-01T00:00:00Z","host":{"os":{"type":"windows"}},"event":{"category":["process"]},"process":{"executable":"C:\\whoami.exe","command_line":"whoami /all"}}""")]
    [InlineData("""{"class_uid":1007,"device":{"os":{"name":"Windows 11"}},"process":{"cmd_line":"whoami /all","file":{"path":"C:\\whoami.exe"}}}""")]
    public void A_rule_for_endpoints_matches_every_shape_of_its_events(string json) => Assert.Equal(1, Records.MatchCount(Start, json));

    [Theory]
    [InlineData("""{"@timestamp":"2026-01-01T00:00:00Z","host":{"os":{"type":"linux"}},"event":{"category":["process"]},"process":{"executable":"\\whoami.exe","command_line":"whoami /all"}}""")]
    [InlineData("""{"@timestamp":"2026-01-01T00:00:00Z","event":{"category":["file"]},"process":{"executable":"\\whoami.exe","command_line":"whoami /all"}}""")]
    [InlineData("""{"class_uid":1007,"device":{"os":{"name":"Linux"}},"process":{"cmd_line":"whoami /all","file":{"path":"\\whoami.exe"}}}""")]
    [InlineData("""{"class_uid":1001,"process":{"cmd_line":"whoami /all","file":{"path":"\\whoami.exe"}}}""")]
    [InlineData("""{"EventID":4624,"Channel":"Security","Image":"C:\\whoami.exe","CommandLine":"whoami /all"}""")]
    [InlineData("""{"schema":"sentinel.biometric-query.v1","Image":"C:\\whoami.exe","CommandLine":"whoami /all"}""")]
    public void A_record_that_says_it_is_something_else_does_not_match(string json) => Assert.Equal(0, Records.MatchCount(Start, json));

    [Fact]
    public void A_record_that_does_not_say_what_it_is_is_offered_to_every_rule() =>
        Assert.Equal(1, Records.MatchCount(Start, """{"Image":"C:\\whoami.exe","CommandLine":"whoami /all"}"""));

    [Theory]
    [InlineData("requestor: dr-17", 1)]
    [InlineData("requestor: dr-18", 0)]
    [InlineData("requestor.role: nurse", 1)]
    [InlineData("requestor.role: machine", 0)]
    [InlineData("agent.role.text: machine", 1)]
    [InlineData("patient: Patient/p1", 1)]
    [InlineData("patient: Observation/9", 0)]
    [InlineData("purpose: TREAT", 1)]
    [InlineData("extension.http://example.org/ward: intensive", 1)]
    [InlineData("entity.detail.X-Request-Id: r-1", 1)]
    [InlineData("entity.what.reference|contains: Observation", 1)]
    public void Agents_entities_and_extensions_of_an_audit_event_have_names(string test, int matches) => Assert.Equal(matches, Records.MatchCount(
        $"logsource: {{product: fhir}}, detection: {{s: {{{test}}}, condition: s}}", """
        {"resourceType":"AuditEvent","recorded":"2026-01-01T00:00:00Z",
         "purposeOfEvent":[{"coding":[{"code":"TREAT"}]}],
         "extension":[{"url":"http://example.org/ward","valueString":"intensive"}],
         "agent":[{"who":{"reference":"Device/ehr"},"requestor":false,"role":[{"text":"machine"}]},
                  {"who":{"identifier":{"value":"dr-17"}},"requestor":true,"role":[{"text":"nurse"}]}],
         "entity":[{"what":{"reference":"Observation/9"},"detail":[{"type":"X-Request-Id","valueString":"r-1"}]},
                   {"what":{"reference":"Patient/p1"}}]}
        """));

    [Theory]
    [InlineData("biometric_query", """{"schema":"sentinel.biometric-query.v1","operation":"verify","decision":"match"}""")]
    [InlineData("ledger_tx", """{"schema":"sentinel.ledger-transaction.v1","contract":"ClaimsLedger","method":"pay"}""")]
    [InlineData("ledger_tx consent_decision", """{"schema":"sentinel.ledger-transaction.v1","contract":"ConsentRegistry","method":"grantConsent"}""")]
    [InlineData("consent_decision", """{"schema":"sentinel.ledger-transaction.v1","contract":"FhirAuditEvent","method":"decideAccess"}""")]
    [InlineData("fhir_access", """{"schema":"sentinel.ledger-transaction.v1","contract":"FhirAuditEvent","method":"recordAccess"}""")]
    [InlineData("fhir_access", """{"schema":"sentinel.ledger-transaction.v1","contract":"OcsfApiActivity","method":"recordAccess"}""")]
    [InlineData("ledger_event", """{"schema":"sentinel.ledger-transaction.v1","contract":"ConsensusLayer","method":"gap"}""")]
    public void The_published_categories_are_exact(string categories, string json)
    {
        foreach (var category in (string[])["biometric_query", "ledger_tx", "ledger_event", "fhir_access", "consent_decision", "else"])
        {
            var rule = $"logsource: {{product: sentinelhealth, category: {category}}}, detection: {{s: {{schema|exists: true}}, condition: s}}";
            Assert.True(categories.Split(' ').Contains(category) == (Records.MatchCount(rule, json) == 1), category);
        }
    }

    [Theory]
    [InlineData("""{"@timestamp":"2026-01-02T03:04:05Z"}""", "2026-01-02T03:04:05Z")]
    [InlineData("""{"time":1767323045000}""", "2026-01-02T03:04:05Z")]
    [InlineData("""{"ts":1767323045}""", "2026-01-02T03:04:05Z")]
    [InlineData("""{"Event":{"System":{"TimeCreated":{"#attributes":{"SystemTime":"2026-01-02T03:04:05Z"}}}}}""", "2026-01-02T03:04:05Z")]
    public void The_time_of_a_record_is_found_in_its_usual_places(string json, string at) =>
        Assert.Equal(DateTimeOffset.Parse(at, null), SigmaFieldMap.TimeOf(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_record_without_a_time_has_none() => Assert.Null(SigmaFieldMap.TimeOf("""{"time":"soon"}"""u8.ToArray()));
}
