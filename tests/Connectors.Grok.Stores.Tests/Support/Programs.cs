using System.ComponentModel;
using System.Diagnostics;

namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>Programs of the system.</summary>
internal static class Programs
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>Whether it succeeded; false where it is not installed.</returns>
    public static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
