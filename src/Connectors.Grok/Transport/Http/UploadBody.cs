using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Connectors.Grok.Transport.Http;

/// <summary>
/// A file as a multipart form, read from its stream while it is sent. The form has the fields first: the service requires them before the file.
/// A stream that cannot seek is sent once; a failed upload of it is not retried.
/// </summary>
/// <param name="file">The file.</param>
internal sealed class UploadBody(UploadedFile file) : RequestBody
{
    private readonly long _start = file.Content.CanSeek ? file.Content.Position : 0;

    public override bool IsRepeatable => file.Content.CanSeek;

    public override HttpContent NewContent()
    {
        if (file.Content.CanSeek)
        {
            file.Content.Position = _start;
        }

        // Names are sent as UTF-8, as browsers do.
        var form = new MultipartFormDataContent { HeaderEncodingSelector = static (_, _) => Encoding.UTF8 };
        foreach (var (name, value) in file.Fields)
        {
            var field = new ByteArrayContent(Encoding.UTF8.GetBytes(value));
            field.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"{name}\"");
            form.Add(field);
        }

        var content = new FileContent(file);
        content.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"file\"; filename=\"{Quoted(file.Name)}\"");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(file.MediaType);
        form.Add(content);
        return form;
    }

    /// <summary>The characters that end a quoted name are written as browsers write them.</summary>
    private static string Quoted(string name) => name.Replace("\"", "%22", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private sealed class FileContent(UploadedFile file) : HttpContent
    {
        private const int BufferSize = 64 * 1024;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                var sent = 0L;
                while (await ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
                {
                    sent += count;
                    if (sent > file.MaxLength)
                    {
                        throw file.TooLarge(null);
                    }

                    await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                    file.Progress?.Report(new GrokUploadProgress(sent, file.Length));
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = file.Length ?? 0;
            return file.Length is not null;
        }

        private async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            try
            {
                return await file.Content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                // Not the connection: a retry, or an advice about the service, would be wrong.
                throw new InvalidOperationException($"The stream of the file '{file.Name}' cannot be read: {e.Message}", e);
            }
        }
    }
}
