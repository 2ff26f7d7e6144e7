using System.Reflection;
using Connectors.Grok.Architecture.Tests.Surfaces;
using Connectors.Grok.Tests;
using PublicApiGenerator;

namespace Connectors.Grok.Architecture.Tests;

/// <summary>The public surface of each package matches the approved file in <c>PublicApi/</c>. A difference leaves a <c>.received.txt</c> beside the approved file.</summary>
public class PublicApiTests
{
    private static readonly ApiGeneratorOptions Options = new()
    {
        // Attributes that the compiler adds, or that depend on the build.
        ExcludeAttributes =
        [
            "System.Runtime.Versioning.TargetFrameworkAttribute", "System.Reflection.AssemblyMetadataAttribute",
            "System.Runtime.CompilerServices.InternalsVisibleToAttribute", "System.Runtime.CompilerServices.CompilerGeneratedAttribute",
        ],
        DenyNamespacePrefixes = [],
    };

    // A tool has no API.
    public static TheoryData<string> Packages => [.. Directory.GetDirectories(Repository.PathTo("src")).Select(static d => Path.GetFileName(d)!).Where(static p => !p.EndsWith(".Tool", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Public_surface_matches_the_approved_file(string package)
    {
        var folder = Repository.PathTo("tests/Connectors.Grok.Architecture.Tests/PublicApi");
        var approved = Path.Combine(folder, $"{package}.approved.txt");
        var surface = Assembly.Load(package).GetExportedTypes().Where(static t => !t.IsNested).ToArray().GeneratePublicApi(Options).ReplaceLineEndings("\n") + "\n";
        if (!File.Exists(approved) || (await File.ReadAllTextAsync(approved, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n") != surface)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"{package}.received.txt"), surface, TestContext.Current.CancellationToken);
            Assert.Fail($"The public surface of {package} has changed. Compare PublicApi/{package}.received.txt with the approved file, and replace it if the change is intended.");
        }
    }

    /// <summary>The types of each pair differ in one respect, which the name states.</summary>
    [Theory]
    [InlineData(typeof(Plain), typeof(OtherDefault))]
    [InlineData(typeof(Plain), typeof(OtherParameterName))]
    [InlineData(typeof(Plain), typeof(OtherNullability))]
    [InlineData(typeof(Plain), typeof(OtherConstant))]
    [InlineData(typeof(Plain), typeof(OtherMarks))]
    public void Public_surface_text_shows_every_difference(Type one, Type other) =>
        Assert.NotEqual(one.GeneratePublicApi(Options).Replace(one.Name, "", StringComparison.Ordinal), other.GeneratePublicApi(Options).Replace(other.Name, "", StringComparison.Ordinal));
}
