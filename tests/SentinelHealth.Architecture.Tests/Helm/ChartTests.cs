using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using SentinelHealth.Dashboard.Hosting;

namespace SentinelHealth.Architecture.Tests.Helm;

/// <summary>Helm is not where the tests run, so the chart is rendered here and what comes out is held against Kubernetes' shapes and the code.</summary>
public sealed partial class ChartTests
{
    private const string Place = "deploy/helm/sentinelhealth";
    private static readonly string[] Workloads = ["StatefulSet", "Deployment"];

    private static readonly HelmChart Chart = new(Place);

    public static TheoryData<string> Examples =>
        [.. Repository.Under($"{Place}/examples").Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Everything_that_comes_out_is_an_object_of_kubernetes_with_a_name_of_its_own(string example)
    {
        var objects = Render(example);

        Assert.All(objects, one =>
        {
            Assert.Equal(KindOf(one) switch
            {
                "Service" or "ConfigMap" => "v1",
                "StatefulSet" or "Deployment" => "apps/v1",
                "PodDisruptionBudget" => "policy/v1",
                "NetworkPolicy" or "Ingress" => "networking.k8s.io/v1",
                "ServiceMonitor" => "monitoring.coreos.com/v1",
                var other => $"nothing the chart may make: {other}",
            }, one["apiVersion"]);
            Assert.Matches("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", Text(one, "metadata.name"));
            Assert.Equal("watch", Text(one, "metadata.labels.app.kubernetes.io/instance"));
            Assert.True(KindOf(one) == "ConfigMap" || one["spec"] is Dictionary<string, object?>, Text(one, "metadata.name"));
        });
        Assert.Equal(objects.Count, objects.Select(one => (KindOf(one), Text(one, "metadata.name"))).Distinct().Count());
        Assert.Equal("Helm", Text(objects[0], "metadata.labels.app.kubernetes.io/managed-by"));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_selector_finds_pods_and_every_service_leads_to_a_port_they_have(string example)
    {
        var objects = Render(example);
        var pods = objects.Where(IsWorkload).Select(one => Map(one, "spec.template")).ToList();

        foreach (var one in objects.Where(one => KindOf(one) is "Service" or "StatefulSet" or "Deployment" or "PodDisruptionBudget" or "NetworkPolicy"))
        {
            var selector = KindOf(one) switch
            {
                "Service" => Map(one, "spec.selector"),
                "NetworkPolicy" => Map(one, "spec.podSelector.matchLabels"),
                _ => Map(one, "spec.selector.matchLabels"),
            };
            var found = pods.Where(pod => selector.All(label => Equals(Map(pod, "metadata.labels").GetValueOrDefault(label.Key), label.Value))).ToList();
            Assert.True(found.Count > 0, Text(one, "metadata.name"));
            if (KindOf(one) == "Service")
                Assert.All(Items(one, "spec.ports"), port => Assert.All(found, pod =>
                    Assert.Contains(Items(Container(pod), "ports"), own => Equals(own["name"], port["targetPort"]))));
        }
        Assert.All(objects.Where(one => KindOf(one) == "StatefulSet"), one => Assert.Contains(
            objects, service => KindOf(service) == "Service" && Text(service, "metadata.name") == Text(one, "spec.serviceName") && Equals(At(service, "spec.clusterIP"), "None")));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_pod_has_no_rights_a_pinned_image_room_and_probes_on_what_the_program_answers(string example)
    {
        var health = Repository.File("src/Dashboard/Hosting/HealthEndpoints.cs").Text;
        Assert.All(Render(example).Where(IsWorkload).Select(one => Map(one, "spec.template")), pod =>
        {
            var container = Container(pod);
            Assert.Matches(@"^[a-z0-9./-]+:[0-9][\w.-]*$", Text(container, "image"));
            Assert.Equal((true, 1654L, false), ((bool)At(pod, "spec.securityContext.runAsNonRoot")!, (long)At(pod, "spec.securityContext.runAsUser")!, (bool)At(pod, "spec.automountServiceAccountToken")!));
            Assert.Equal((true, false), ((bool)At(container, "securityContext.readOnlyRootFilesystem")!, (bool)At(container, "securityContext.allowPrivilegeEscalation")!));
            Assert.Equal(["ALL"], (List<object?>)At(container, "securityContext.capabilities.drop")!);
            Assert.NotNull(At(container, "resources.requests.cpu"));
            Assert.NotNull(At(container, "resources.limits.memory"));
            foreach (var probe in new[] { "startupProbe", "livenessProbe", "readinessProbe" })
            {
                Assert.Contains($"\"{Text(container, $"{probe}.httpGet.path")}\"", health, StringComparison.Ordinal);
                Assert.Equal("http", At(container, $"{probe}.httpGet.port"));
            }
            Assert.Contains($"EXPOSE {At(Items(container, "ports")[0], "containerPort")}", Repository.File("Dockerfile").Text, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_folder_that_is_mounted_is_a_volume_and_every_file_a_setting_names_is_mounted(string example)
    {
        var objects = Render(example);
        var files = Settings(objects).Values.Where(value => value.StartsWith("/secrets/", StringComparison.Ordinal) || value.StartsWith("/contracts/", StringComparison.Ordinal)).ToList();
        Assert.True(files.Count >= 3);
        Assert.All(objects.Where(IsWorkload), one =>
        {
            var pod = Map(one, "spec.template");
            var volumes = Items(pod, "spec.volumes").Concat(KindOf(one) == "StatefulSet" ? Items(one, "spec.volumeClaimTemplates").Select(claim => Map(claim, "metadata")) : []).ToList();
            var mounts = Items(Container(pod), "volumeMounts");
            Assert.Equal(mounts.Select(mount => mount["name"]).Order(), volumes.Select(volume => volume["name"]).Order());
            Assert.All(files, file =>
            {
                var mount = Assert.Single(mounts, mount => file.StartsWith((string)mount["mountPath"]! + "/", StringComparison.Ordinal));
                var volume = volumes.Single(volume => Equals(volume["name"], mount["name"]));
                var source = (Dictionary<string, object?>)(volume.GetValueOrDefault("secret") ?? volume["configMap"])!;
                Assert.Equal(file[(((string)mount["mountPath"]!).Length + 1)..], Assert.Single(Items(source, "items"))["path"]);
            });
        });
        // Secrets are of whoever installs the chart; it names them and makes none.
        Assert.DoesNotContain(objects, one => KindOf(one) == "Secret");
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_program_finds_no_problem_in_the_settings_and_its_processes_have_every_role(string example)
    {
        var objects = Render(example);
        var (settings, problems) = SettingsCheck.Read<SentinelSettings>(
            new ConfigurationBuilder().AddInMemoryCollection(Settings(objects).Select(pair =>
                new KeyValuePair<string, string?>(pair.Key.Replace("__", ":", StringComparison.Ordinal), pair.Value))).Build(),
            SentinelSettings.Section);

        Assert.Empty(problems);
        Assert.True(settings!.Storage.IsShared);
        Assert.Equal(LogKind.Kafka, settings.Log.Kind);
        Assert.Equal(LedgerKind.Evm, settings.Ledger.Kind);
        var workloads = objects.Where(IsWorkload).ToList();
        Assert.All(workloads, one =>
        {
            var arguments = ((List<object?>)At(Container(Map(one, "spec.template")), "args")!).Cast<string>().ToList();
            Assert.Equal(["serve", "--data", "/data", "--roles"], arguments[..4]);
            Assert.Equal($"{Text(objects.Single(map => KindOf(map) == "ConfigMap"), "metadata.name")}", At(Items(Container(Map(one, "spec.template")), "envFrom")[0], "configMapRef.name"));
        });
        var roles = workloads.SelectMany(one => ((string)((List<object?>)At(Container(Map(one, "spec.template")), "args")!)[4]!).Split(','));
        Assert.Equal(["dashboard", "detect", "ingest", "respond"], roles.Distinct().Order());
    }

    [Fact]
    public void What_must_be_said_and_is_not_ends_with_what_is_missing()
    {
        var minimal = Example("minimal.yaml");
        var missing = Assert.Throws<InvalidOperationException>(() => Chart.Render([]));
        Assert.NotEmpty(missing.Message);
        foreach (var path in Leaves(minimal))
        {
            var without = HelmChart.Map(Repository.File($"{Place}/examples/minimal.yaml").Text);
            var names = path.Split('.');
            ((Dictionary<string, object?>)At(without, string.Join('.', names[..^1]))!).Remove(names[^1]);
            var message = Assert.Throws<InvalidOperationException>(() => Chart.Render(without)).Message;
            Assert.True(message.StartsWith(path, StringComparison.Ordinal), $"{path}: {message}");
        }
    }

    [Fact]
    public void A_changed_setting_makes_new_pods()
    {
        var changed = Example("minimal.yaml");
        changed["settings"] = new Dictionary<string, object?> { ["Time__AllowedLateness"] = "00:20:00" };

        string Mark(List<Dictionary<string, object?>> objects) => Text(objects.First(IsWorkload), "spec.template.metadata.annotations.checksum/settings");

        Assert.NotEqual(Mark(Render("minimal.yaml")), Mark(Chart.Render(changed)));
        Assert.Equal("00:20:00", Settings(Chart.Render(changed))["SENTINELHEALTH__Time__AllowedLateness"]);
    }

    [Fact]
    public void The_notes_name_the_pod_that_prints_the_first_link()
    {
        var notes = Chart.RenderFiles(Example("minimal.yaml"))["NOTES.txt"];
        Assert.Contains("--namespace security watch-desk-0", notes, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_value_is_used_and_no_template_asks_for_another()
    {
        var asked = (from template in Chart.Templates
                     from action in Action().Matches(template.Text)
                     from value in Asked().Matches(action.Value)
                     let isWhole = action.Value.Contains("toYaml", StringComparison.Ordinal) || action.Value.Contains("range", StringComparison.Ordinal)
                        || action.Value.Contains("dict", StringComparison.Ordinal)
                     select (Path: value.Groups[1].Value, IsWhole: isWhole)).ToList();
        var leaves = Leaves(Chart.Values).ToList();

        Findings.None(
            leaves.Where(leaf => !asked.Exists(one => one.Path == leaf || (one.IsWhole && leaf.StartsWith(one.Path + ".", StringComparison.Ordinal)))),
            "values.yaml has a value that no template uses.");
        Findings.None(
            asked.Select(one => one.Path).Distinct().Where(path => path.Split('.').Aggregate((object?)Chart.Values, (map, name) =>
                map is Dictionary<string, object?> values && values.TryGetValue(name, out var next) ? next : Missing) == Missing),
            "A template asks for a value that values.yaml does not have.");
    }

    [Fact]
    public void The_schema_describes_every_value_and_every_example_fits_it()
    {
        using var schema = JsonDocument.Parse(Repository.File($"{Place}/values.schema.json").Text);
        var problems = ChartSchema.Problems(schema.RootElement, Chart.Values, isDefault: true).Select(problem => $"values.yaml: {problem}").ToList();
        foreach (var example in Examples.Select(row => row.Data))
            problems.AddRange(ChartSchema.Problems(schema.RootElement, HelmChart.Merged(Chart.Values, Example(example)), isDefault: false).Select(problem => $"{example}: {problem}"));
        problems.AddRange(ChartSchema.Undescribed(schema.RootElement, ""));
        Findings.None(problems, "values.schema.json and the values disagree.");
        var wrong = HelmChart.Merged(Chart.Values, HelmChart.Map("image: { tag: latest }\nworkers: { replicas: 0 }\nnobody: 1"));
        Assert.Equal(3, ChartSchema.Problems(schema.RootElement, wrong, isDefault: true).Count());
    }

    private static readonly object Missing = new();

    private static List<Dictionary<string, object?>> Render(string example) => Chart.Render(Example(example));

    private static Dictionary<string, object?> Example(string name) => HelmChart.Map(Repository.File($"{Place}/examples/{name}").Text);

    private static Dictionary<string, string> Settings(List<Dictionary<string, object?>> objects) =>
        Map(objects.Single(one => KindOf(one) == "ConfigMap"), "data").ToDictionary(pair => pair.Key, pair => Assert.IsType<string>(pair.Value));

    private static bool IsWorkload(Dictionary<string, object?> one) => Workloads.Contains(KindOf(one));

    private static string KindOf(Dictionary<string, object?> one) => (string)one["kind"]!;

    private static Dictionary<string, object?> Container(Dictionary<string, object?> pod) => Assert.Single(Items(pod, "spec.containers"));

    private static List<Dictionary<string, object?>> Items(Dictionary<string, object?> one, string path) =>
        [.. ((List<object?>)At(one, path)!).Cast<Dictionary<string, object?>>()];

    private static Dictionary<string, object?> Map(Dictionary<string, object?> one, string path) =>
        (Dictionary<string, object?>)At(one, path)!;

    private static string Text(Dictionary<string, object?> one, string path) => Assert.IsType<string>(At(one, path));

    /// <summary>Through maps; a key may have dots of its own, as labels do.</summary>
    private static object? At(Dictionary<string, object?> one, string path)
    {
        if (path.Length == 0)
            return one;
        if (one.TryGetValue(path, out var value))
            return value;
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && one.GetValueOrDefault(path[..dot]) is Dictionary<string, object?> inner
            ? At(inner, path[(dot + 1)..]) : null;
    }

    private static IEnumerable<string> Leaves(Dictionary<string, object?> map) => map.SelectMany(pair =>
        pair.Value is Dictionary<string, object?> { Count: > 0 } inner ? Leaves(inner).Select(leaf => $"{pair.Key}.{leaf}") : [pair.Key]);

    [GeneratedRegex(@"\{\{.*?\}\}", RegexOptions.Singleline)]
    private static partial Regex Action();

    [GeneratedRegex(@"\.Values\.([\w.]+)")]
    private static partial Regex Asked();
}
