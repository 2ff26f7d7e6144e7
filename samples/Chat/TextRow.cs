using System.Runtime.InteropServices;

namespace Chat;

/// <summary>A row of a text, without the line feed that ended it.</summary>
/// <param name="Start">The index of the first character.</param>
/// <param name="End">The index after the last character.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TextRow(int Start, int End);
