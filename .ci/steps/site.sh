# The documents as web pages, whose links docfx checks; without the API reference, which needs the built assemblies
check "the documents as web pages" dotnet run docs/site.cs -- --pages-only
