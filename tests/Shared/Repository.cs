using System.Runtime.CompilerServices;

namespace Connectors.Grok.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The absolute path of a file or folder of the repository.</summary>
    /// <param name="relative">Its path, relative to the repository; empty for the repository itself.</param>
    public static string PathTo(string relative = "") => Path.Combine(Root(), relative);

    private static string Root([CallerFilePath] string file = "")
    {
        // A deterministic build hides the path of the source; then the tests run from the repository.
        var directory = new DirectoryInfo(File.Exists(file) ? Path.GetDirectoryName(file)! : AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Connectors.sln")))
        {
            directory = directory.Parent!;
        }

        return directory.FullName;
    }
}
