namespace Connectors.Grok.Faults.Tests.Support;

/// <summary>Where the repository is, above the program.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? folder) => folder is null ? throw new DirectoryNotFoundException("There is no Connectors.sln above the program.")
        : File.Exists(System.IO.Path.Combine(folder.FullName, "Connectors.sln")) ? folder.FullName : Find(folder.Parent);
}
