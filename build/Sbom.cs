using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.Serialization.Json;
using System.Text;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes the SBOM of a package as a CycloneDX 1.6 document: its runtime dependencies for all target frameworks, and their dependency graph.
/// Build-time packages, timestamps and random serial numbers are left out, so that the same restore produces the same bytes.
/// </summary>
public sealed class WriteSbom : Task
{
    private readonly SortedDictionary<string, XElement> _components = new SortedDictionary<string, XElement>(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SortedSet<string>> _edges = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
    private XElement _libraries;
    private string[] _folders;

    /// <summary>The project.assets.json of the restore.</summary>
    [Required]
    public string AssetsFile { get; set; }

    [Required]
    public string Id { get; set; }

    [Required]
    public string Version { get; set; }

    /// <summary>The license of the package and of the referenced projects.</summary>
    [Required]
    public string License { get; set; }

    [Required]
    public string File { get; set; }

    public override bool Execute()
    {
        XElement assets;
        using (var stream = System.IO.File.OpenRead(AssetsFile))
        using (var reader = JsonReaderWriterFactory.CreateJsonReader(stream, System.Xml.XmlDictionaryReaderQuotas.Max))
        {
            assets = XElement.Load(reader);
        }

        _libraries = Member(assets, "libraries");
        _folders = Members(assets, "packageFolders").Select(Name).ToArray();
        var self = Purl(Id, Version);
        _edges[self] = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var framework in Members(Member(assets, "project"), "frameworks"))
        {
            Add(self, Name(framework), assets, framework);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(File));
        System.IO.File.WriteAllText(File, Json(Document(self)));
        return !Log.HasLoggedErrors;
    }

    private void Add(string self, string framework, XElement assets, XElement project)
    {
        var resolved = Members(Member(assets, "targets"), framework).ToDictionary(e => Name(e).Split('/')[0], StringComparer.OrdinalIgnoreCase);
        // Build-time packages do not flow to users of the package. Project references are not listed as dependencies here, but always flow.
        var direct = Members(project, "dependencies").Where(d => Text(d, "suppressParent") != "All").Select(Name)
            // Pinned versions of transitive dependencies are also written to the package.
            .Concat(Members(Member(assets, "centralTransitiveDependencyGroups"), framework).Select(Name))
            .Concat(resolved.Values.Where(e => Text(e, "type") == "project").Select(e => Name(e).Split('/')[0])).ToList();
        var todo = new Stack<KeyValuePair<string, string>>(direct.Select(id => new KeyValuePair<string, string>(self, id)));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (todo.Count > 0)
        {
            var edge = todo.Pop();
            // Not resolved: the framework contains it in the same or a newer version.
            if (!resolved.TryGetValue(edge.Value, out var entry))
            {
                continue;
            }

            var purl = Purl(Name(entry).Split('/')[0], Name(entry).Split('/')[1]);
            _edges[edge.Key].Add(purl);
            if (seen.Add(purl))
            {
                _components[purl] = Component(entry, purl);
                if (!_edges.ContainsKey(purl))
                {
                    _edges[purl] = new SortedSet<string>(StringComparer.Ordinal);
                }

                foreach (var next in Members(entry, "dependencies"))
                {
                    todo.Push(new KeyValuePair<string, string>(purl, Name(next)));
                }
            }
        }
    }

    private XElement Component(XElement entry, string purl)
    {
        var name = Name(entry).Split('/');
        var component = Object("item", String("type", "library"), String("bom-ref", purl), String("name", name[0]), String("version", name[1]), String("scope", "required"));
        if (Text(entry, "type") == "project")
        {
            component.Add(Licenses(License), String("purl", purl));
            return component;
        }

        var library = Members(_libraries).Single(e => Name(e) == Name(entry));
        var folder = _folders.Select(f => Path.Combine(f, Text(library, "path"))).First(Directory.Exists);
        var hash = Path.Combine(folder, name[0].ToLowerInvariant() + "." + name[1].ToLowerInvariant() + ".nupkg.sha512");
        var bytes = Convert.FromBase64String(System.IO.File.ReadAllText(hash));
        component.Add(
            Array("hashes", Object("item", String("alg", "SHA-512"), String("content", BitConverter.ToString(bytes).Replace("-", "").ToLowerInvariant()))),
            LicensesOf(folder),
            String("purl", purl),
            // The hash of the lock file, which covers the contents without the signature.
            Array("properties", Object("item", String("name", "nuget:contentHash"), String("value", Text(library, "sha512")))));
        return component;
    }

    private XElement LicensesOf(string folder)
    {
        var metadata = XDocument.Load(Directory.GetFiles(folder, "*.nuspec").Single()).Root.Elements().Single(e => e.Name.LocalName == "metadata");
        var license = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license");
        if (license != null && (string)license.Attribute("type") == "expression")
        {
            return Licenses(license.Value);
        }

        var text = license?.Value ?? metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "licenseUrl")?.Value;
        return text == null ? null : Array("licenses", Object("item", Object("license", String("name", text))));
    }

    private static XElement Licenses(string expression) => Array("licenses", Object("item", expression.Contains(" ")
        ? String("expression", expression)
        : Object("license", String("id", expression))));

    private XElement Document(string self) => Object(
        "root",
        String("bomFormat", "CycloneDX"),
        String("specVersion", "1.6"),
        new XElement("version", new XAttribute("type", "number"), 1),
        Object("metadata", Object(
            "component", String("type", "library"), String("bom-ref", self), String("name", Id), String("version", Version), Licenses(License), String("purl", self))),
        Array("components", _components.Values.ToArray()),
        Array("dependencies", _edges.Select(e => Object(
            "item", String("ref", e.Key), Array("dependsOn", e.Value.Select(to => String("item", to)).ToArray()))).ToArray()));

    private static string Json(XElement document)
    {
        using (var stream = new MemoryStream())
        {
            using (var writer = JsonReaderWriterFactory.CreateJsonWriter(stream, new UTF8Encoding(false), false, true, "  "))
            {
                document.WriteTo(writer);
            }

            // The writer escapes slashes and uses platform line endings.
            return Encoding.UTF8.GetString(stream.ToArray()).Replace("\\/", "/").Replace("\r\n", "\n") + "\n";
        }
    }

    private static string Purl(string id, string version) => "pkg:nuget/" + id + "@" + Uri.EscapeDataString(version);

    private static XElement Object(string name, params XElement[] members) => new XElement(name, new XAttribute("type", "object"), members);

    private static XElement Array(string name, params XElement[] items) => new XElement(name, new XAttribute("type", "array"), items);

    private static XElement String(string name, string value) => new XElement(name, new XAttribute("type", "string"), value);

    // A member name that is not a valid XML name is stored in an attribute.
    private static string Name(XElement element) => (string)element.Attribute("item") ?? element.Name.LocalName;

    private static XElement Member(XElement element, string name) => element?.Elements().FirstOrDefault(e => Name(e) == name);

    private static IEnumerable<XElement> Members(XElement element) => element?.Elements() ?? Enumerable.Empty<XElement>();

    private static IEnumerable<XElement> Members(XElement element, string name) => Members(Member(element, name));

    private static string Text(XElement element, string name) => Member(element, name)?.Value;
}
